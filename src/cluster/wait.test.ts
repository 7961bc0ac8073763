import { expect, test } from "vitest";
import type { HttpClient } from "#base/http-client.ts";
import { readyNodes } from "./wait.ts";

/** An API server that knows these nodes, each with its Ready condition and when its kubelet last gave it. */
function serving(nodes: Record<string, readonly [status: string, heartbeat: string]>): HttpClient {
  const items = Object.entries(nodes).map(([name, [status, lastHeartbeatTime]]) => ({
    metadata: { name },
    status: { conditions: [{ type: "Ready", status, lastHeartbeatTime }] },
  }));
  const body = new TextEncoder().encode(JSON.stringify({ items }));
  return { request: async () => ({ status: 200, readAll: async () => body }) } as unknown as HttpClient;
}

test("a node that was just started is Ready only by a word given since, to the second", async () => {
  const http = serving({
    before: ["True", "2026-11-21T10:00:07Z"],
    since: ["True", "2026-11-21T10:00:08Z"],
    unready: ["False", "2026-11-21T10:00:09Z"],
    untouched: ["True", "2026-11-21T09:55:00Z"],
  });
  const startedMs = Date.parse("2026-11-21T10:00:08.700Z");
  const started = new Map(["before", "since", "unready"].map(name => [name, startedMs]));
  expect([...(await readyNodes(http, started))]).toEqual(["since", "untouched"]);
});
