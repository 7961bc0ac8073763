import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Service } from "#api/core/v1/service.ts";
import { requireRoot } from "#testing/root.ts";
import { type Entry, EntryTableState } from "./entries.ts";
import { planService } from "./plan.ts";
import { service, slice } from "./samples.ts";
import { changeTransaction, fullTransaction } from "./transaction.ts";

const run = promisify(execFile);
/** The servers are pods of the node; the client, .4, counts as outside. */
const options = { nodeIp: "198.18.0.2", serviceCidr: "10.96.0.0/16", podCidr: "10.244.1.0/30" };
const a = "10.244.1.2@n1";
const b = "10.244.1.3@n1";

/** A node and three pods (two servers, one client), each a network namespace that lives as long as a `sleep`. */
class Network {
  readonly #processes: ChildProcess[] = [];
  node = 0;
  client = 0;

  async start(): Promise<void> {
    this.node = await this.#namespace();
    await this.in(
      this.node,
      "sh",
      "-c",
      `ip link set lo up; ip addr add ${options.nodeIp}/32 dev lo; echo 1 >/proc/sys/net/ipv4/ip_forward`,
    );
    for (const [name, last] of [
      ["a", 2],
      ["b", 3],
      ["client", 4],
    ] as const) {
      const pod = await this.#namespace();
      const ip = `10.244.1.${last}`;
      await this.in(
        this.node,
        "sh",
        "-c",
        `ip link add v${last} type veth peer name eth0 netns ${pod}; ip link set v${last} up; ip addr add 10.244.1.1/32 dev v${last}; ip route add ${ip} dev v${last}`,
      );
      await this.in(
        pod,
        "sh",
        "-c",
        `ip link set lo up; ip link set eth0 up; ip addr add ${ip}/32 dev eth0; ip route add 10.244.1.1 dev eth0; ip route add default via 10.244.1.1`,
      );
      if (name === "client") this.client = pod;
      else await this.#serve(pod, name);
    }
    // Without a route the kernel refuses before any rule is asked.
    await this.in(this.node, "ip", "route", "add", "10.96.0.0/16", "dev", "v2");
  }

  in(namespace: number, ...argv: string[]) {
    return run("nsenter", [`--net=/proc/${namespace}/ns/net`, "--", ...argv]);
  }

  /** Applies one transaction on the node. */
  async apply(text: string): Promise<void> {
    const child = spawn("nsenter", [`--net=/proc/${this.node}/ns/net`, "nft", "-f", "-"]);
    let errors = "";
    child.stderr.on("data", chunk => (errors += chunk));
    child.stdin.end(text);
    const code = await new Promise(resolve => child.on("close", resolve));
    if (code !== 0) throw new Error(`${errors}\n${text}`);
  }

  /** Who answered, for each of `times` connections. */
  async ask(from: number, address: string, port: number, times: number): Promise<string[]> {
    const script = `const net=require("net");const one=()=>new Promise(done=>{const s=net.connect({host:"${address}",port:${port},timeout:1500});
      let t="";s.on("data",d=>t+=d);s.on("timeout",()=>{s.destroy();done("timeout")});s.on("error",e=>done(e.code));s.on("end",()=>done(t))});
      (async()=>{const all=[];for(let i=0;i<${times};i++)all.push(await one());console.log(JSON.stringify(all))})()`;
    const { stdout } = await this.in(from, process.execPath, "-e", script);
    return JSON.parse(stdout) as string[];
  }

  stop(): void {
    for (const child of this.#processes) child.kill("SIGKILL");
  }

  async #namespace(): Promise<number> {
    const child = spawn("unshare", ["--net", "sh", "-c", "echo ready; exec sleep 120"]);
    this.#processes.push(child);
    await new Promise(resolve => child.stdout.once("data", resolve));
    return child.pid!;
  }

  async #serve(pod: number, name: string): Promise<void> {
    const script = `require("net").createServer(s=>{s.on("error",()=>{});s.end("${name} "+s.remoteAddress)}).listen(8080,"0.0.0.0",()=>console.log("up"))`;
    const child = spawn("nsenter", [`--net=/proc/${pod}/ns/net`, process.execPath, "-e", script]);
    this.#processes.push(child);
    await new Promise(resolve => child.stdout.once("data", resolve));
  }
}

const names = (answers: readonly string[]) => [...new Set(answers.map(answer => answer.split(" ")[0]))].sort();

describe("rules in the kernel", () => {
  const network = new Network();
  const state = new EntryTableState();
  const plan = (subject: Service, endpoints: readonly string[]): readonly Entry[] =>
    planService(subject, [slice(endpoints)], "n1").entries;
  const change = async (owner: string, entries: readonly Entry[]) => {
    state.set(owner, entries);
    await network.apply(changeTransaction(state.takeChanges()));
  };

  beforeAll(async () => {
    requireRoot();
    await network.start();
    await network.apply(fullTransaction([], options));
  });
  afterAll(() => network.stop());

  test("cluster IP, endpoints coming and going, hairpin, refusal", async () => {
    expect(await network.ask(network.client, "10.96.0.50", 80, 1)).toEqual(["ECONNREFUSED"]);
    await change("web", plan(service({}), [a, b]));
    expect(names(await network.ask(network.client, "10.96.0.50", 80, 30))).toEqual(["a", "b"]);
    expect(names(await network.ask(network.node, "10.96.0.50", 80, 30))).toEqual(["a", "b"]);
    await change("web", plan(service({}), [b]));
    expect(names(await network.ask(network.client, "10.96.0.50", 80, 10))).toEqual(["b"]);
    await change("web", []);
    expect(await network.ask(network.client, "10.96.0.50", 80, 1)).toEqual(["ECONNREFUSED"]);
    expect(await network.ask(network.node, "10.96.0.50", 80, 1)).toEqual(["ECONNREFUSED"]);
  });

  test("node ports: masqueraded, or with the client's address", async () => {
    const ports = [{ name: "http", port: 80, nodePort: 30080 }];
    await change("web", plan(service({ ports }), [a]));
    expect(await network.ask(network.client, options.nodeIp, 30080, 1)).toEqual(["a 10.244.1.1"]);
    await change("web", plan(service({ ports, externalTrafficPolicy: "Local" }), ["10.244.2.9@n2"]));
    expect(await network.ask(network.client, options.nodeIp, 30080, 1)).toEqual(["timeout"]);
    await change("web", plan(service({ ports, externalTrafficPolicy: "Local" }), [a, "10.244.2.9@n2"]));
    expect(await network.ask(network.client, options.nodeIp, 30080, 2)).toEqual(["a 10.244.1.4", "a 10.244.1.4"]);
    expect(await network.ask(network.client, "10.96.0.50", 81, 1)).toEqual(["ECONNREFUSED"]);
    await change("web", []);
  });

  test("affinity: always the same endpoint, another one when that is gone", async () => {
    const sticky = service({ sessionAffinity: "ClientIP" });
    await change("web", plan(sticky, [a, b]));
    const first = names(await network.ask(network.client, "10.96.0.50", 80, 20));
    expect(first).toHaveLength(1);
    const other = first[0] === "a" ? b : a;
    await change("web", plan(sticky, [other]));
    expect(names(await network.ask(network.client, "10.96.0.50", 80, 5))).toEqual([first[0] === "a" ? "b" : "a"]);
    await change("web", plan(sticky, [a, b]));
    expect(names(await network.ask(network.client, "10.96.0.50", 80, 20))).toEqual([first[0] === "a" ? "b" : "a"]);
    await change("web", []);
  });

  test("everything at once, and again over what is there", async () => {
    const all = [
      ...plan(service({ sessionAffinity: "ClientIP", ports: [{ name: "http", port: 80, nodePort: 30081 }] }), [a, b]),
      ...plan(service({ clusterIP: "10.96.0.51", externalTrafficPolicy: "Local", externalIPs: ["192.0.2.7"] }), [a, b]),
    ];
    await network.apply(fullTransaction(all, options));
    await network.apply(fullTransaction(all, options));
    expect(names(await network.ask(network.client, "10.96.0.51", 80, 20))).toEqual(["a", "b"]);
    expect(names(await network.ask(network.client, options.nodeIp, 30081, 5))).toHaveLength(1);
  });
});
