import { execFile, spawn } from "node:child_process";
import { access, constants, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { digestOf } from "#cri/linux/images/import-archive.ts";

/** Unpacked, not installed: Debian's package would start a daemon on port 5000. */
const unpacked = join(import.meta.dirname, "../../.k8ts/tools/docker-registry");
const unpackedProgram = join(unpacked, "usr/bin/docker-registry");

/** Fetches Debian's docker-registry into the checkout unless this machine has one. */
export async function ensureDockerRegistry(): Promise<void> {
  if ((await findProgram()) !== undefined) return;
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(unpacked, { recursive: true });
  const fetch =
    "apt-get download -qq docker-registry || { apt-get update -qq && apt-get download -qq docker-registry; }";
  await promisify(execFile)("/bin/sh", ["-euc", `${fetch}; dpkg-deb -x docker-registry_*.deb .`], { cwd: unpacked });
}

async function findProgram(): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(":").filter(folder => folder !== "");
  for (const path of [...folders.map(folder => join(folder, "docker-registry")), unpackedProgram]) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

export interface DockerRegistry extends AsyncDisposable {
  /** `localhost:PORT` */
  readonly name: string;
}

/** Debian's docker-registry on the loopback, with an empty folder of its own. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "docker-registry-"));
  const port = await freePort();
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: `127.0.0.1:${port}` },
  };
  await writeFile(join(folder, "config.yml"), JSON.stringify(config)); // JSON is YAML.
  const program = await findProgram();
  if (program === undefined) throw new Error("docker-registry is missing: node test/set-up.ts fetches it");
  const child = spawn(program, ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
  const name = `localhost:${port}`;
  await Promise.race([ended, untilItAnswers(`http://${name}/v2/`)]);
  return {
    name,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** Pushes an image of these layers (tars) by the Distribution API; answers with its digest. */
export async function pushImage(
  registry: string,
  repository: string,
  tag: string,
  layers: readonly Buffer[],
  config: object = {},
): Promise<string> {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const configBytes = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
    }),
  );
  const zipped = layers.map(layer => gzipSync(layer));
  for (const blob of [configBytes, ...zipped]) await pushBlob(`http://${registry}/v2/${repository}`, blob);
  const describe = (type: string, bytes: Buffer) => ({ mediaType: type, digest: digestOf(bytes), size: bytes.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe("application/vnd.oci.image.config.v1+json", configBytes),
      layers: zipped.map(each => describe("application/vnd.oci.image.layer.v1.tar+gzip", each)),
    }),
  );
  await send("PUT", `http://${registry}/v2/${repository}/manifests/${tag}`, manifest, mediaType);
  return digestOf(manifest);
}

async function pushBlob(base: string, blob: Buffer): Promise<void> {
  const begun = await send("POST", `${base}/blobs/uploads/`);
  const location = new URL(begun.headers.get("location")!);
  location.searchParams.set("digest", digestOf(blob));
  await send("PUT", location.href, blob, "application/octet-stream");
}

async function send(method: string, url: string, body?: Buffer, type?: string): Promise<Response> {
  const response = await fetch(url, {
    method,
    ...(body && { body: new Uint8Array(body) }),
    ...(type && { headers: { "content-type": type } }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

async function untilItAnswers(url: string): Promise<void> {
  for (let round = 0; round < 200; round++) {
    const isThere = await fetch(url).then(
      response => response.ok,
      () => false,
    );
    if (isThere) return;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error(`${url} does not answer`);
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
