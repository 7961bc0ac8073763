import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
const path = "/api/v1/namespaces/tests/configmaps";

beforeAll(async () => {
  server = await startTestServer();
  await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "tests" } } });
});
afterAll(() => server[Symbol.asyncDispose]());

const create = (name: string, labels = {}) => server.send(`POST ${path}`, { body: { metadata: { name, labels } } });
const merge = (name: string, body: unknown) =>
  server.send(`PATCH ${path}/${name}`, { body, headers: { "content-type": "application/merge-patch+json" } });
const revision = async () => (await server.send(`GET ${path}`)).json.metadata.resourceVersion;
const brief = (event: { type: string; object: { metadata: { name: string } } }) =>
  `${event.type} ${event.object.metadata.name}`;

describe("watch", () => {
  it("tells what happened after a revision, and nothing of a patch that changed nothing", async () => {
    const watch = await server.watch(`${path}?watch=1&resourceVersion=${await revision()}`);
    await create("two");
    await merge("two", { data: { a: "1" } });
    await merge("two", { data: { a: "1" } });
    await server.send(`DELETE ${path}/two`);
    const events = [await watch.next(), await watch.next(), await watch.next()];
    expect(events.map(brief)).toEqual(["ADDED two", "MODIFIED two", "DELETED two"]);
    const [, modified, deleted] = events;
    expect(Number(deleted.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(modified.object.metadata.resourceVersion),
    );
    expect(deleted.object.data).toEqual({ a: "1" });
    expect(watch.answer.headers["content-type"]).toBe("application/json");
    watch.close();
  });

  it("replays what it missed", async () => {
    const before = await revision();
    await create("missed");
    const watch = await server.watch(`${path}?watch=1&resourceVersion=${before}`);
    expect(brief(await watch.next())).toBe("ADDED missed");
    watch.close();
    await server.send(`DELETE ${path}/missed`);
  });

  it("says DELETED of what leaves the selector, with the body that last matched, and ADDED of what enters", async () => {
    await create("moving", { a: "b" });
    const watch = await server.watch(`${path}?watch=1&resourceVersion=${await revision()}&labelSelector=a%3Db`);
    await merge("moving", { metadata: { labels: { a: "c" } } });
    await merge("moving", { metadata: { labels: { a: "b" } } });
    const left = await watch.next();
    expect([brief(left), left.object.metadata.labels]).toEqual(["DELETED moving", { a: "b" }]);
    expect(brief(await watch.next())).toBe("ADDED moving");
    watch.close();
    await server.send(`DELETE ${path}/moving`);
  });

  it("opens with the state when no revision is given, and ends after its timeout", async () => {
    await create("there");
    for (const query of ["", "&resourceVersion=0"]) {
      const watch = await server.watch(`${path}?watch=1&timeoutSeconds=1${query}`);
      expect(brief(await watch.next())).toBe("ADDED there");
      expect(await watch.next()).toBeUndefined();
    }
    const old = await server.watch("/api/v1/watch/namespaces/tests/configmaps");
    expect(brief(await old.next())).toBe("ADDED there");
    old.close();
    await server.send(`DELETE ${path}/there`);
  });

  it("ends a WatchList's state with an annotated bookmark", async () => {
    await create("listed");
    const query = "watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    const watch = await server.watch(`${path}?${query}`);
    expect(brief(await watch.next())).toBe("ADDED listed");
    const bookmark = await watch.next();
    expect(bookmark).toEqual({
      type: "BOOKMARK",
      object: {
        kind: "ConfigMap",
        apiVersion: "v1",
        metadata: {
          resourceVersion: await revision(),
          annotations: { "k8s.io/initial-events-end": "true" },
        },
      },
    });
    await merge("listed", { data: { now: "live" } });
    expect(brief(await watch.next())).toBe("MODIFIED listed");
    watch.close();
    await server.send(`DELETE ${path}/listed`);
  });

  it("sends Tables whose first frame alone has columns", async () => {
    await create("row1");
    await create("row2");
    const watch = await server.watch(`${path}?watch=1`, { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" });
    const [first, second] = [await watch.next(), await watch.next()];
    expect(first.object.columnDefinitions[0].name).toBe("Name");
    expect([second.object.kind, second.object.columnDefinitions]).toEqual(["Table", null]);
    expect(second.object.rows[0].cells[0]).toBe("row2");
    watch.close();
    await server.send(`DELETE ${path}`);
  });

  it("writes the same buffer to every stream with the same selector", async () => {
    const from = await revision();
    const watches = await Promise.all([1, 2, 3].map(() => server.watch(`${path}?watch=1&resourceVersion=${from}`)));
    await create("shared");
    for (const watch of watches) expect(brief(await watch.next())).toBe("ADDED shared");
    expect(watches[1]!.chunks[0]).toBe(watches[0]!.chunks[0]);
    expect(watches[2]!.chunks[0]).toBe(watches[0]!.chunks[0]);
    for (const watch of watches) watch.close();
    await server.send(`DELETE ${path}`);
  });

  it("frames protobuf by length", async () => {
    const from = await revision();
    const watch = await server.watch(`${path}?watch=1&resourceVersion=${from}`, {
      accept: "application/vnd.kubernetes.protobuf;stream=watch",
    });
    await create("binary");
    await expect.poll(() => watch.chunks.length).toBe(1);
    const [frame] = watch.chunks;
    const bytes = Buffer.from(frame!);
    expect(bytes.readUInt32BE()).toBe(bytes.length - 4);
    // type (1) = "ADDED", then object (2) whose raw (1) starts with the envelope.
    expect(bytes.subarray(4, 11).toString("latin1")).toBe("\u000a\u0005ADDED");
    expect(bytes.includes("k8s\u0000")).toBe(true);
    expect(watch.answer.headers["content-type"]).toBe("application/vnd.kubernetes.protobuf;stream=watch");
    watch.close();
  });

  it("says in the stream that a revision is too old", async () => {
    const watch = await server.watch("/api/v1/namespaces/tests/configmaps?watch=1&resourceVersion=1");
    expect(watch.answer.status).toBe(200);
    const event = await watch.next();
    // A cache that still knows everything from the first revision on has nothing to refuse.
    if (event.type === "ERROR") expect(event.object).toMatchObject({ code: 410, reason: "Expired" });
    else expect(event.type).toBe("ADDED");
    watch.close();
  });

  it.each([
    [
      "resourceVersion=abc",
      500,
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    [
      "resourceVersion=1&resourceVersionMatch=NotOlderThan",
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    [
      "sendInitialEvents=true&resourceVersion=0",
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
  ])("refuses %s", async (query, status, message) => {
    const answer = await server.send(`GET ${path}?watch=1&${query}`);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });
});
