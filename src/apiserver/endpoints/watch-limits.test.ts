import { afterAll, beforeAll, expect, test } from "vitest";
import { type BodySink, type BodyWriter, SlowReaderError } from "#base/http.ts";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
const configMaps = "/api/v1/namespaces/default/configmaps";

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A client whose queue is as long as it is told, and which reads when it is told. */
class Reader implements BodySink {
  readonly chunks: Uint8Array[] = [];
  readonly signal = new AbortController().signal;
  pendingBytes = 0;
  reads = true;

  write(bytes: Uint8Array): boolean {
    this.chunks.push(bytes);
    return this.reads;
  }

  drained(): Promise<void> {
    return this.reads ? Promise.resolve() : new Promise(() => {});
  }
}

async function openWatch(target: string, reader: Reader): Promise<Promise<void>> {
  const { answer } = await server.watch("/api/v1/namespaces/default/serviceaccounts");
  const body = (
    await server.handle({
      method: "GET",
      path: target.split("?")[0]!,
      query: target.split("?")[1]!,
      headers: {},
      connection: { remoteAddress: "", protocol: "direct", identity: { name: "a", groups: ["system:masters"] } },
      signal: reader.signal,
      readBody: async () => new Uint8Array(0),
    })
  ).body as BodyWriter;
  expect(answer.status).toBe(200);
  return body(reader);
}

const big = (name: string) => ({ body: { metadata: { name }, data: { a: "x".repeat(900_000) } } });

test("a watcher that leaves 16 MiB unread is given up, and others go on", async () => {
  const slow = new Reader();
  const ended = openWatch(`${configMaps}?watch=1&resourceVersion=0`, slow).then(stream => stream);
  const failure = ended.catch((error: unknown) => error);
  const well = await server.watch(`${configMaps}?watch=1`);
  await server.send(`POST ${configMaps}`, { body: { metadata: { name: "one" } } });
  expect((await well.next()).object.metadata.name).toBe("one");
  slow.pendingBytes = 16 * 1024 * 1024 + 1;
  await server.send(`POST ${configMaps}`, { body: { metadata: { name: "two" } } });
  expect(await failure).toBeInstanceOf(SlowReaderError);
  expect((await well.next()).object.metadata.name).toBe("two");
  const written = slow.chunks.length;
  await server.send(`POST ${configMaps}`, { body: { metadata: { name: "three" } } });
  expect((await well.next()).object.metadata.name).toBe("three");
  expect(slow.chunks.length).toBe(written);
  well.close();
});

test("large initial states are not put together in memory for a client that does not read", async () => {
  for (let index = 0; index < 8; index++) await server.send(`POST ${configMaps}`, big(`big-${index}`));
  const reader = new Reader();
  reader.reads = false;
  void openWatch(`${configMaps}?watch=1`, reader).catch(() => undefined);
  await expect.poll(() => reader.chunks.length).toBe(1);
  expect(reader.chunks[0]!.length).toBeLessThan(3 * 1024 * 1024);
  // What happens meanwhile is held for it, but not without end.
  const failure = openWatch(`${configMaps}?watch=1`, reader).catch((error: unknown) => error);
  for (let index = 0; index < 20; index++) await server.send(`POST ${configMaps}`, big(`more-${index}`));
  expect(await failure).toBeInstanceOf(SlowReaderError);
});
