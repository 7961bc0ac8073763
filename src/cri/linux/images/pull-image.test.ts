import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Helper } from "#base/helper.ts";
import { startHelper } from "#base/host/helper.ts";
import { silentLog } from "#base/log.ts";
import { answerFetchJob, fetchInNetwork } from "./fetcher-process.ts";
import { ImageStore } from "./image-store.ts";
import { pullImage } from "./pull-image.ts";
import { baseUrl } from "./registry-client.ts";
import { sha256, tarOf } from "./test-images.ts";

let folder: string;
let helper: Helper;
let store: ImageStore;
let server: Server;
let registry: string;
let requests: string[];
let content: Map<string, Buffer>;

/** A registry that wants a token, which it gives only to user:secret. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cri-pull-"));
  helper = await startHelper({ folder: join(folder, "helper"), log: silentLog });
  store = await ImageStore.open(helper, join(folder, "images"));
  [requests, content] = [[], new Map()];
  server = createServer((request, response) => {
    requests.push(request.url!);
    const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
    if (request.url!.startsWith("/token")) {
      if (request.headers.authorization !== basic) return response.writeHead(401).end();
      return response.end(JSON.stringify({ token: "t0ken" }));
    }
    if (request.headers.authorization !== "Bearer t0ken") {
      const challenge = `Bearer realm="http://${registry}/token",service="reg",scope="repository:team/app:pull"`;
      return response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    const found = content.get(request.url!);
    return found === undefined ? response.writeHead(404).end() : response.end(found);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await helper[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function publish(): Promise<string> {
  const layer = await tarOf([{ name: "file", content: "pulled", uid: process.getuid!(), gid: process.getgid!() }]);
  const zipped = gzipSync(layer);
  const config = Buffer.from(JSON.stringify({ rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] } }));
  const digest = (bytes: Buffer) => `sha256:${sha256(bytes)}`;
  const manifest = Buffer.from(
    JSON.stringify({ config: { digest: digest(config) }, layers: [{ digest: digest(zipped) }] }),
  );
  const architecture = process.arch === "x64" ? "amd64" : "arm64";
  const index = Buffer.from(
    JSON.stringify({ manifests: [{ digest: digest(manifest), platform: { os: "linux", architecture } }] }),
  );
  content.set("/v2/team/app/manifests/v1", index);
  content.set(`/v2/team/app/manifests/${digest(manifest)}`, manifest);
  for (const blob of [config, zipped]) content.set(`/v2/team/app/blobs/${digest(blob)}`, blob);
  return digest(index);
}

const auth = { username: "user", password: "secret" };

test("an index is followed to this machine's image; tag and digest name it; layers are fetched once", async () => {
  const digest = await publish();
  const name = `${registry}/team/app:v1`;
  const id = await pullImage({ store, log: silentLog }, name, auth, {});
  expect(await store.find(name)).toMatchObject({
    id,
    repoTags: [name],
    repoDigests: [`${registry}/team/app@${digest}`],
  });
  const fetched = requests.length;
  await pullImage({ store, log: silentLog }, name, auth, {});
  const again = requests.slice(fetched).filter(url => url.includes("/blobs/"));
  expect(again).toHaveLength(1); // the configuration
});

test("a wrong password, an unknown tag and a forged layer fail", async () => {
  await publish();
  const pull = (tag: string, password = "secret") =>
    pullImage({ store, log: silentLog }, `${registry}/team/app:${tag}`, { ...auth, password }, {});
  await expect(pull("v1", "wrong")).rejects.toThrow("unauthorized");
  await expect(pull("v2")).rejects.toMatchObject({ code: "NotFound" });
  for (const [url] of content) if (url.includes("/blobs/")) content.set(url, Buffer.from("{}"));
  await expect(pull("v1")).rejects.toThrow("was asked for");
  expect(await store.list()).toEqual([]);
});

/** A helper without any network, whose fetches go to this process's own. */
async function pullFromOutside(name: string, password: string): Promise<string> {
  const isolated = await startHelper({
    folder: join(folder, "isolated"),
    enter: ["unshare", "--net"],
    log: silentLog,
  });
  await using _closed = isolated;
  const program = [process.execPath, join(import.meta.dirname, "../../../cmd/image-fetcher.ts")];
  const fetch = fetchInNetwork({ helper: isolated }, { networkPin: `/proc/${process.pid}/ns/net`, program });
  return await pullImage({ store, log: silentLog, fetch }, name, { ...auth, password }, {});
}

test("a node without a network pulls through a process in the machine's; its errors are as clear", async () => {
  await publish();
  const id = await pullFromOutside(`${registry}/team/app:v1`, "secret");
  expect(await store.find(id)).toMatchObject({ repoTags: [`${registry}/team/app:v1`] });
  await expect(pullFromOutside(`${registry}/team/app:v2`, "secret")).rejects.toMatchObject({
    code: "NotFound",
    message: `${registry}/team/app:v2: not found`,
  });
  await expect(pullFromOutside(`${registry}/team/app:v1`, "wrong")).rejects.toThrow("unauthorized");
});

test("a registry that is not there is named with the reason, on one line", async () => {
  server.close();
  const pull = pullImage({ store, log: silentLog }, `${registry}/team/app:v1`, auth, {});
  await expect(pull).rejects.toMatchObject({
    code: "Unavailable",
    message: `cannot reach the registry ${registry}: connect ECONNREFUSED ${registry}`,
  });
});

test("a fetch whose pull was given up ends by itself", async () => {
  content.set("/v2/team/app/manifests/v1", Buffer.from("{}"));
  server.removeAllListeners("request"); // Answers nothing from now on.
  const job = { image: `${registry}/team/app:v1`, folder: await store.makeTemporary(), knownLayers: [] };
  const answer = answerFetchJob(JSON.stringify(job));
  await rm(job.folder, { recursive: true });
  expect(JSON.parse(await answer)).toEqual({ code: "Cancelled", message: "the pull was cancelled" });
});

test("only registries of this machine are spoken to without TLS", () => {
  expect(baseUrl("localhost:5000")).toBe("http://localhost:5000");
  expect(baseUrl("127.0.0.1:5000")).toBe("http://127.0.0.1:5000");
  expect(baseUrl("registry.k8s.io")).toBe("https://registry.k8s.io");
  expect(baseUrl("localhost.evil.com")).toBe("https://localhost.evil.com");
  expect(baseUrl("docker.io")).toBe("https://registry-1.docker.io");
});
