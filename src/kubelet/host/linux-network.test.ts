import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { createHttpClient } from "#base/host/http-client.ts";
import { silentLog } from "#base/log.ts";
import { linuxNetwork } from "./linux-network.ts";

/** Small servers, such as busybox's behind a CGI program, end header lines with a line feed alone. */
async function sloppyServer(): Promise<{ url: string; server: Server }> {
  const answer = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\n\nhello";
  const server = createServer(socket => socket.once("data", () => socket.end(answer)));
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  return { url: `http://127.0.0.1:${address.port}`, server };
}

test("header lines that end with a line feed alone are understood, by probes and proxies", async () => {
  const { url, server } = await sloppyServer();
  await using client = createHttpClient({ url, log: silentLog });
  try {
    const network = linuxNetwork(silentLog);
    const probed = await network.httpGet({ url: `${url}/`, headers: {}, timeoutMs: 1_000 });
    expect(probed).toEqual({ status: 200, body: "hello" });
    const proxied = await client.request({ method: "GET", target: "/" });
    expect(new TextDecoder().decode(await proxied.readAll())).toBe("hello");
  } finally {
    server.close();
  }
});

test("a port where nobody listens is told in the kernel's words", async () => {
  const { url, server } = await sloppyServer();
  server.close();
  const { port } = new URL(url);
  const network = linuxNetwork(silentLog);
  const refused = `dial tcp 127.0.0.1:${port}: connect: connection refused`;
  await expect(network.tcpConnect("127.0.0.1", Number(port), { timeoutMs: 1_000 })).rejects.toThrow(refused);
  const asked = network.httpGet({ url: `${url}/`, headers: {}, timeoutMs: 1_000 });
  await expect(asked).rejects.toThrow(`Get "${url}/": ${refused}`);
});
