/**
 * Run inside a node's network: asks the cluster's DNS for a Service until it has an address, and that address until it
 * answers, as a pod's program would. Arguments: the name, the DNS server, seconds to try. Prints a line at the answer.
 */

import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";

const [host, dnsServer, seconds] = process.argv.slice(2) as [string, string, string];
const resolver = new Resolver({ timeout: 200, tries: 1 });
resolver.setServers([dnsServer]);

/** The first bytes of the answer; busybox's httpd ends its lines as fetch() would not have it. */
async function ask(): Promise<string> {
  const [address] = await resolver.resolve4(host);
  const socket = connect({ host: address!, port: 80, signal: AbortSignal.timeout(200) });
  try {
    socket.write(`GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
    const [data] = await once(socket, "data");
    return String(data);
  } finally {
    socket.destroy();
  }
}

const end = performance.now() + Number(seconds) * 1000;
let answer = "";
while (!answer.startsWith("HTTP/1.")) {
  if (performance.now() > end) throw new Error(`${host} did not answer within ${seconds} s`);
  answer = await ask().catch(() => ""); // Not there yet.
  await new Promise(resolve => setTimeout(resolve, 5));
}
console.log("answered");
