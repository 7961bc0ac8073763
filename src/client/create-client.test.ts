import { expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { pods } from "#api/core/v1/pod.ts";
import { ApiError, isConflict, isExpired, notFound } from "#api/status.ts";
import { revisionCause } from "#base/cause.ts";
import type { HttpHandler, HttpRequest } from "#base/http.ts";
import { VirtualClock } from "#simulation/clock.ts";
import type { WatchEvent } from "./client.ts";
import { createClient, userAgentOf } from "./create-client.ts";
import { createDirectHttpClient } from "./direct.ts";

const encoder = new TextEncoder();
const json = (status: number, body: unknown, headers = {}) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: encoder.encode(JSON.stringify(body)),
});

function clientOf(handler: HttpHandler, clock = new VirtualClock(0)) {
  const http = createDirectHttpClient(handler, { name: "tester", groups: ["testers"] });
  return createClient({ http, clock, userAgent: userAgentOf("test") });
}

test("a write goes out as canonical JSON with who, what and why; the answer is frozen", async () => {
  const seen: HttpRequest[] = [];
  let sent = "";
  const client = clientOf(async request => {
    seen.push(request);
    sent = new TextDecoder().decode(await request.readBody(1000));
    return json(201, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", resourceVersion: "7" },
      data: { k: "v" },
    });
  });
  const cause = revisionCause("a".repeat(32), 5);
  const created = await client
    .because(cause)
    .create(configMaps, { metadata: { namespace: "n", name: "a" }, data: { k: "v" } });
  expect(seen[0]).toMatchObject({ method: "POST", path: "/api/v1/namespaces/n/configmaps", query: "" });
  expect(seen[0]!.connection).toMatchObject({ protocol: "direct", identity: { name: "tester", groups: ["testers"] } });
  expect(seen[0]!.headers).toMatchObject({
    "user-agent": "k8ts-test/v1.37.2",
    "content-type": "application/json",
    traceparent: `00-${"a".repeat(32)}-0000000000000005-01`,
    baggage: "k8ts-cause=5",
  });
  expect(JSON.parse(sent)).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { k: "v" } });
  expect(created.metadata.resourceVersion).toBe("7");
  expect(Object.isFrozen(created.data)).toBe(true);
});

test("a Status in the answer is thrown as the error it names", async () => {
  const client = clientOf(async () => json(404, { kind: "Status", apiVersion: "v1", ...notFound(pods, "x").status }));
  await expect(client.get(pods, { namespace: "n", name: "x" })).rejects.toThrow('pods "x" not found');
  const plain = clientOf(async () => ({ status: 502, headers: {}, body: encoder.encode("bad gateway\n") }));
  await expect(plain.get(pods, { name: "x" })).rejects.toMatchObject({ message: "bad gateway", code: 502 });
  const conflict = clientOf(async () => ({ status: 409, headers: {} }));
  expect(isConflict(await conflict.get(pods, { name: "x" }).catch(error => error))).toBe(true);
});

test("a server that asks to wait is asked again after that time", async () => {
  const clock = new VirtualClock(0);
  let tries = 0;
  const busy = json(429, { kind: "Status", code: 429, reason: "TooManyRequests" }, { "retry-after": "1" });
  const client = clientOf(
    async () => (tries++ < 2 ? busy : json(200, { metadata: { resourceVersion: "3" }, items: [] })),
    clock,
  );
  const list = client.list(pods, { labelSelector: "a=b", namespace: "n" });
  await clock.advance(1999);
  expect(tries).toBe(2);
  await clock.advance(1);
  expect(await list).toEqual({ resourceVersion: "3", items: [] });
});

function watching(lines: readonly string[]): HttpHandler {
  return async () => ({
    status: 200,
    headers: {},
    body: async sink => {
      for (const line of lines) sink.write(encoder.encode(line));
    },
  });
}

test("watch events arrive whole, however the bytes are cut; an ERROR is thrown", async () => {
  const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;
  const added = event("ADDED", { metadata: { name: "a", resourceVersion: "1" } });
  const bookmark = event("BOOKMARK", {
    metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "true" } },
  });
  const error = event("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old" });
  const client = clientOf(
    watching([added.slice(0, 10), added.slice(10) + bookmark.slice(0, 3), bookmark.slice(3), error]),
  );
  const events: WatchEvent<unknown>[] = [];
  const read = async () => {
    for await (const each of client.watch(configMaps, { signal: new AbortController().signal })) events.push(each);
  };
  const failure = await read().catch(thrown => thrown);
  expect(isExpired(failure)).toBe(true);
  expect(failure).toBeInstanceOf(ApiError);
  expect(events).toMatchObject([
    { type: "ADDED", object: { metadata: { name: "a", resourceVersion: "1" } } },
    { type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: true },
  ]);
});

test("a writer waits for its reader, and hears when the reader goes away", async () => {
  const chunk = new Uint8Array(100_000);
  let written = 0;
  let gone = false;
  const http = createDirectHttpClient(
    async () => ({
      status: 200,
      headers: {},
      body: async sink => {
        while (!sink.signal.aborted) {
          written++;
          if (!sink.write(chunk)) await sink.drained();
        }
        gone = true;
      },
    }),
    { name: "a", groups: [] },
  );
  const response = await http.request({ method: "GET", target: "/" });
  await new VirtualClock(0).advance(1);
  expect(written).toBe(3);
  let read = 0;
  for await (const bytes of response.body) {
    read += bytes.length;
    if (read === 300_000) break;
  }
  await new VirtualClock(0).advance(1);
  expect(gone).toBe(true);
});

test("an abort ends a request that hangs, and a stream that is read", async () => {
  const abort = new AbortController();
  const client = clientOf(
    request => new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(new Error("late")))),
  );
  const hanging = client.get(pods, { name: "x", namespace: "n" }, { signal: abort.signal });
  abort.abort(new Error("enough"));
  await expect(hanging).rejects.toThrow("enough");
});
