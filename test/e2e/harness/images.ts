import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pack } from "tar-stream";

/** An image of one layer that prints its own name. */
async function parts(reference: string): Promise<{ config: Buffer; layer: Buffer; name: string }> {
  const layer = await tar([
    { name: "bin/busybox", content: await readFile("/bin/busybox"), mode: 0o755 },
    { name: "bin/say", content: Buffer.from(`#!/bin/busybox sh\necho "this is ${reference}"\n`), mode: 0o755 },
  ]);
  const config = {
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["/bin/say"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
  };
  return { config: Buffer.from(JSON.stringify(config)), layer, name: sha256(layer) };
}

/** As `docker save` writes it. */
export async function dockerArchive(file: string, reference: string): Promise<void> {
  const { config, layer, name } = await parts(reference);
  const configName = `${sha256(config)}.json`;
  const manifest = [{ Config: configName, RepoTags: [reference], Layers: [`${name}/layer.tar`] }];
  const files = [
    { name: configName, content: config, mode: 0o644 },
    { name: `${name}/layer.tar`, content: layer, mode: 0o644 },
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), mode: 0o644 },
  ];
  await writeFile(file, await tar(files));
}

/** A folder in the OCI image layout. */
export async function ociLayout(folder: string, reference: string): Promise<void> {
  const { config, layer } = await parts(reference);
  const blobs = join(folder, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  const blob = async (mediaType: string, content: Buffer) => {
    await writeFile(join(blobs, sha256(content)), content);
    return { mediaType, digest: `sha256:${sha256(content)}`, size: content.length };
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: await blob("application/vnd.oci.image.config.v1+json", config),
    layers: [await blob("application/vnd.oci.image.layer.v1.tar", layer)],
  };
  const entry = await blob("application/vnd.oci.image.manifest.v1+json", Buffer.from(JSON.stringify(manifest)));
  const annotations = { "org.opencontainers.image.ref.name": reference, "io.containerd.image.name": reference };
  await writeFile(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...entry, annotations }] }),
  );
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}

interface TarFile {
  readonly name: string;
  readonly content: Buffer;
  readonly mode: number;
}

async function tar(files: readonly TarFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content, mode } of files) archive.entry({ name, mode, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
