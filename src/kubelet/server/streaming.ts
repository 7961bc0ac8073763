import type { ByteDuplex, HttpRequest, HttpResponse } from "#base/http.ts";
import type { HostNetwork } from "../host.ts";

/**
 * Hands an upgraded connection (exec, attach, port-forward) through to the runtime's streaming server: bytes go both
 * ways untouched, whatever protocol the two ends agreed on.
 */
export async function passThrough(network: HostNetwork, request: HttpRequest, url: string): Promise<HttpResponse> {
  const { origin, pathname, search } = new URL(url);
  const client = network.httpClient(origin);
  const { host: _, ...headers } = request.headers;
  const answer = await client.upgrade({
    method: request.method,
    target: `${pathname}${search}`,
    headers,
    signal: request.signal,
  });
  const { socket } = answer;
  if (socket === undefined) {
    await client[Symbol.asyncDispose]();
    return { status: answer.status, headers: answer.headers, body: answer.body ?? new Uint8Array() };
  }
  return {
    status: answer.status,
    headers: answer.headers,
    upgrade(outer, head) {
      if (head.length > 0) socket.write(head);
      if (answer.head !== undefined && answer.head.length > 0) outer.write(answer.head);
      pipe(outer, socket);
      pipe(socket, outer);
      socket.once("close", () => {
        void client[Symbol.asyncDispose]();
      });
    },
  };
}

function pipe(from: ByteDuplex, to: ByteDuplex): void {
  from.on("data", bytes => {
    if (!to.destroyed && !to.write(bytes)) from.pause();
  });
  to.on("drain", () => from.resume());
  from.on("end", () => to.end());
  from.on("close", () => to.destroy());
  from.on("error", () => to.destroy());
}
