import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLog } from "#base/log.ts";
import { type CallContext, CriError, type ImageService, type RuntimeService } from "../services.ts";
import { type CriConnection, connectCri } from "./client.ts";
import { formOf, methodsOf } from "./protocol.ts";
import { serveCri } from "./server.ts";

let folder: string;
let socketPath: string;
let connection: CriConnection;
let server: AsyncDisposable;
let seen: { name: string; request: unknown; context: CallContext }[];

const runtime = {
  version: async (request: object, context: CallContext) => {
    seen.push({ name: "version", request, context });
    return { version: "0.1.0", runtimeName: "k8ts", runtimeVersion: "1", runtimeApiVersion: "v1" };
  },
  stopContainer: async () => {
    throw new CriError("NotFound", "no container abc");
  },
  startContainer: async () => {
    throw new Error("a bug");
  },
  containerStats: async () => ({ stats: { cpu: { usageCoreNanoSeconds: { value: 123_456_789_012_345 } } } }),
  removeContainer: async () => {
    throw new CriError("Unknown", "100 % ü\nsecond line");
  },
  listContainers: (request: object, context: CallContext) => {
    seen.push({ name: "listContainers", request, context });
    return new Promise((_resolve, reject) =>
      context.signal!.addEventListener("abort", () => reject(context.signal!.reason)),
    );
  },
  async *getContainerEvents() {
    yield { containerId: "a", containerEventType: "CONTAINER_STARTED_EVENT" };
    yield { containerId: "b", containerEventType: "CONTAINER_STOPPED_EVENT" };
  },
} as unknown as RuntimeService;

beforeEach(async () => {
  seen = [];
  folder = await mkdtemp(join(tmpdir(), "cri-grpc-"));
  socketPath = join(folder, "cri.sock");
  server = await serveCri({ socketPath, runtime, images: {} as ImageService, log: silentLog });
  connection = connectCri({ socketPath });
});

afterEach(async () => {
  await connection[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("a call carries its request, its cause and its answer", async () => {
  const cause = { requestId: "0af7651916cd43dd8448eb211c80319c", revisions: [7, 9], more: 0 };
  const answer = await connection.runtime.version({ version: "x" }, { cause });
  expect(answer).toEqual({ version: "0.1.0", runtimeName: "k8ts", runtimeVersion: "1", runtimeApiVersion: "v1" });
  expect(seen[0]!.request).toEqual({ version: "x" });
  expect(seen[0]!.context.cause).toEqual(cause);
});

test("errors keep their code; anything else is Unknown", async () => {
  await expect(connection.runtime.stopContainer({}, {})).rejects.toMatchObject({
    code: "NotFound",
    message: "no container abc",
  });
  await expect(connection.runtime.startContainer({}, {})).rejects.toMatchObject({ code: "Unknown" });
  await expect(connection.images.listImages({}, {})).rejects.toMatchObject({ code: "Unimplemented" });
});

test("64-bit numbers are numbers", async () => {
  const { stats } = await connection.runtime.containerStats({}, {});
  expect(stats!.cpu!.usageCoreNanoSeconds!.value).toBe(123_456_789_012_345);
  expect(stats!.memory).toBeUndefined();
});

test("a cancelled call and a deadline end", async () => {
  const abort = new AbortController();
  const call = connection.runtime.listContainers({}, { signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await expect(call).rejects.toMatchObject({ code: "Cancelled" });
  await expect(connection.runtime.listContainers({}, { timeoutMs: 20 })).rejects.toMatchObject({
    code: "DeadlineExceeded",
  });
});

test("events stream until the server ends them", async () => {
  const ids: unknown[] = [];
  for await (const event of connection.runtime.getContainerEvents({}, {})) ids.push(event.containerId);
  expect(ids).toEqual(["a", "b"]);
});

test("field names, enums and bytes are those of messages.ts", () => {
  const form = formOf("ContainerConfig");
  const decoded = form.decode(
    form.encode({
      CDIDevices: [{ name: "v/c=d" }],
      envs: [{ key: "A", value: Buffer.from("b") }],
      mounts: [{ hostPath: "/a", propagation: "PROPAGATION_BIDIRECTIONAL" }],
      linux: { resources: { memoryLimitInBytes: 5_000_000_000 } },
    }),
  ) as Record<string, never>;
  expect(decoded).toMatchObject({
    CDIDevices: [{ name: "v/c=d" }],
    mounts: [{ hostPath: "/a", propagation: "PROPAGATION_BIDIRECTIONAL", readonly: false }],
    linux: { resources: { memoryLimitInBytes: 5_000_000_000, cpusetCpus: "" } },
    args: [],
  });
  expect(Buffer.from(decoded["envs"]![0]!["value"]).toString()).toBe("b");
  expect(methodsOf("RuntimeService").map(method => method.path)).toContain("/runtime.v1.RuntimeService/RunPodSandbox");
});

test("an enum that is not in the bytes is its value 0", () => {
  const form = formOf("NamespaceOption");
  expect(form.decode(form.encode({ network: "POD", pid: "NODE" }))).toMatchObject({
    network: "POD",
    pid: "NODE",
    ipc: "POD",
  });
  expect(form.decode(new Uint8Array(0))).toMatchObject({ network: "POD", pid: "POD", ipc: "POD" });
});

test("long messages pass, longer ones are refused; error messages may hold anything", async () => {
  const word = "ü".repeat(4 << 20);
  await connection.runtime.version({ version: word }, {});
  expect(seen[0]!.request).toEqual({ version: word });
  await expect(connection.runtime.version({ version: "x".repeat(17 << 20) }, {})).rejects.toMatchObject({
    code: "ResourceExhausted",
  });
  await expect(connection.runtime.removeContainer({}, {})).rejects.toMatchObject({ message: "100 % ü\nsecond line" });
});

test("when nobody serves, calls are Unavailable; when somebody does again, they are answered", async () => {
  await connection.runtime.version({}, {});
  await server[Symbol.asyncDispose]();
  await expect(connection.runtime.version({}, {})).rejects.toMatchObject({ code: "Unavailable" });
  server = await serveCri({ socketPath, runtime, images: {} as ImageService, log: silentLog });
  await expect.poll(() => connection.runtime.version({}, {}).catch(() => ({}))).toMatchObject({ runtimeName: "k8ts" });
});

test("a handler learns that its caller went away", async () => {
  const abort = new AbortController();
  const call = connection.runtime.listContainers({}, { signal: abort.signal });
  const cancelled = expect(call).rejects.toMatchObject({ code: "Cancelled" });
  await expect.poll(() => seen.length).toBe(1);
  abort.abort();
  await cancelled;
  await expect.poll(() => seen[0]!.context.signal!.aborted).toBe(true);
});
