import { expect, test } from "vitest";
import type { Node } from "#api/core/v1/node.ts";
import type { HttpClient } from "#base/http-client.ts";
import { NodeClients } from "./node-clients.ts";

function node(name: string, address: string): Node {
  return { metadata: { name }, spec: {}, status: { addresses: [{ type: "InternalIP", address }] } } as Node;
}

test("a node has one connection, and another when it moved", async () => {
  const opened: string[] = [];
  const closed: string[] = [];
  const clients = new NodeClients(url => {
    opened.push(url);
    return {
      async [Symbol.asyncDispose]() {
        closed.push(url);
      },
    } as Partial<HttpClient> as HttpClient;
  });
  expect(clients.of(node("a", "10.0.0.1"))).toBe(clients.of(node("a", "10.0.0.1")));
  clients.of(node("b", "10.0.0.2"));
  clients.of(node("a", "10.0.0.3"));
  expect(opened).toEqual(["https://10.0.0.1:10250", "https://10.0.0.2:10250", "https://10.0.0.3:10250"]);
  expect(closed).toEqual(["https://10.0.0.1:10250"]);
  await clients[Symbol.asyncDispose]();
  expect(closed.length).toBe(3);
});
