import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { digestOf } from "#cri/linux/images/import-archive.ts";

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
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", error =>
      reject(new Error("docker-registry is missing: apt-get install docker-registry", { cause: error })),
    );
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
