import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type Header, pack } from "tar-stream";
import type { ImageConfig } from "./image-config.ts";

export type TarEntry = Partial<Header> & { readonly name: string; readonly content?: string | Uint8Array };

/** The bytes of a tar with these entries. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of entries) {
    const full = { mode: 0o755, mtime: new Date(1_000_000), ...header };
    if (content === undefined) tar.entry(full);
    else tar.entry(full, Buffer.from(content as string));
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Writes an archive as `docker save` does. */
export async function writeDockerArchive(
  path: string,
  image: {
    readonly tags: readonly string[];
    readonly layers: readonly Buffer[];
    readonly config?: ImageConfig["config"];
  },
): Promise<void> {
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: image.config ?? {},
      rootfs: { type: "layers", diff_ids: image.layers.map(layer => `sha256:${sha256(layer)}`) },
    }),
  );
  const configName = `${sha256(config)}.json`;
  const layers = image.layers.map((content, index) => ({ name: `${index}/layer.tar`, content }));
  const manifest = [{ Config: configName, RepoTags: image.tags, Layers: layers.map(layer => layer.name) }];
  const content = [
    ...layers,
    { name: configName, content: config },
    { name: "manifest.json", content: JSON.stringify(manifest) },
  ];
  await writeFile(path, await tarOf(content));
}

/** A layer with a static busybox and its applets' names. */
export function busyboxLayer(applets: readonly string[]): Promise<Buffer> {
  return tarOf([
    { name: "bin/", type: "directory" },
    { name: "bin/busybox", content: readFileSync("/bin/busybox") },
    ...applets.map(applet => ({ name: `bin/${applet}`, type: "link" as const, linkname: "bin/busybox" })),
    { name: "etc/", type: "directory" },
    { name: "etc/passwd", mode: 0o644, content: "root:x:0:0:root:/root:/bin/sh\nweb:x:1001:1002::/home/web:/bin/sh\n" },
    { name: "etc/group", mode: 0o644, content: "root:x:0:\nweb:x:1002:\nlogs:x:1500:web\n" },
    { name: "tmp/", type: "directory", mode: 0o1777 },
  ]);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
