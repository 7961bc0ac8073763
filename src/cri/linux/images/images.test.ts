import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Helper } from "#base/helper.ts";
import { startHelper } from "#base/host/helper.ts";
import { silentLog } from "#base/log.ts";
import { requireRoot } from "#testing/root.ts";
import { ImageStore } from "./image-store.ts";
import { importImage } from "./import-archive.ts";
import { sha256, tarOf, writeDockerArchive } from "./test-images.ts";
import { unpackLayer } from "./unpack-layer.ts";

let folder: string;
let helper: Helper;
let store: ImageStore;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cri-images-"));
  helper = await startHelper({ folder: join(folder, "helper"), log: silentLog });
});
beforeEach(async () => {
  store = await ImageStore.open(helper, join(folder, `store-${count++}`));
});
afterAll(async () => {
  await helper[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function unpack(entries: Parameters<typeof tarOf>[0], compress = (bytes: Buffer) => bytes) {
  const tar = await tarOf(entries);
  const path = join(folder, `layer-${count++}`);
  await writeFile(path, compress(tar));
  const target = await mkdtemp(join(folder, "unpacked-"));
  return { target, tar, result: await unpackLayer(helper, path, target) };
}

beforeAll(requireRoot);

test("files, links, owners, modes and times", async () => {
  const { target, result, tar } = await unpack([
    { name: "bin/", type: "directory", mode: 0o755 },
    { name: "./bin/su", content: "x", mode: 0o4755, uid: 7, gid: 8 },
    { name: "bin/hard", type: "link", linkname: "bin/su" },
    { name: "bin/soft", type: "symlink", linkname: "/etc/passwd" },
    { name: "dev/null", type: "character-device", devmajor: 1, devminor: 3, mode: 0o666 },
    { name: "pipe", type: "fifo", mode: 0o600 },
  ]);
  const su = await stat(join(target, "bin/su"));
  expect([su.mode & 0o7777, su.uid, su.gid, su.nlink, su.mtimeMs]).toEqual([0o4755, 7, 8, 2, 1_000_000]);
  expect((await stat(join(target, "bin"))).mtimeMs).toBe(1_000_000);
  const device = await stat(join(target, "dev/null"));
  expect([device.isCharacterDevice(), device.rdev, device.mode & 0o777]).toEqual([true, 0x103, 0o666]);
  expect((await stat(join(target, "pipe"))).isFIFO()).toBe(true);
  expect(result).toEqual({ diffId: `sha256:${sha256(tar)}`, bytes: 1, files: 6 });
});

test("whiteouts, opaque folders and attributes take overlayfs' form", async () => {
  const { target } = await unpack([
    { name: "a/", type: "directory" },
    { name: "a/.wh.gone", content: "" },
    { name: "b/.wh..wh..opq", content: "" },
    { name: "ping", content: "x", pax: { "SCHILY.xattr.user.k8ts": "yes" } },
  ]);
  const gone = await stat(join(target, "a/gone"));
  expect([gone.isCharacterDevice(), gone.rdev]).toEqual([true, 0]);
  const read = (path: string, name: string) =>
    helper.run([
      "perl",
      "-e",
      'my $b = " " x 9; my $n = syscall(191, my $p = $ARGV[0], my $a = $ARGV[1], $b, 9); print substr($b, 0, $n)',
      path,
      name,
    ]);
  expect((await read(join(target, "b"), "trusted.overlay.opaque")).stdout).toBe("y");
  expect((await read(join(target, "ping"), "user.k8ts")).stdout).toBe("yes");
});

test.each([
  ["..", [{ name: "../evil", content: "x" }]],
  [
    "a symbolic link out",
    [
      { name: "out", type: "symlink", linkname: "/tmp" },
      { name: "out/evil", content: "x" },
    ],
  ],
  ["a hard link out", [{ name: "evil", type: "link", linkname: "../../etc/passwd" }]],
  [
    "a hard link through a symbolic link",
    [
      { name: "etc", type: "symlink", linkname: "/etc" },
      { name: "evil", type: "link", linkname: "etc/passwd" },
    ],
  ],
] as const)("a layer that leaves its folder by %s is refused", async (_, entries) => {
  await expect(unpack(entries)).rejects.toMatchObject({ code: "InvalidArgument" });
});

test.each([
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const)("%s", async (_, compress) => {
  const { target, tar, result } = await unpack([{ name: "a", content: "hello" }], bytes =>
    Buffer.from(compress(bytes)),
  );
  expect(await readFile(join(target, "a"), "utf8")).toBe("hello");
  expect(result.diffId).toBe(`sha256:${sha256(tar)}`);
});

async function dockerArchive(tags: readonly string[], text = "one"): Promise<string> {
  const path = join(folder, `archive-${count++}.tar`);
  const layers = [await tarOf([{ name: "base", content: "base" }]), await tarOf([{ name: "file", content: text }])];
  await writeDockerArchive(path, { tags, layers, config: { User: "web", Env: ["A=b"] } });
  return path;
}

test("a docker archive is imported, found by name and id, listed and removed", async () => {
  const [imported] = await importImage(store, await dockerArchive(["app:v1", "me/app:v2"]));
  const image = await store.find("app:v1");
  expect(image).toMatchObject({
    id: imported!.id,
    repoTags: ["docker.io/library/app:v1", "docker.io/me/app:v2"],
    config: { config: { User: "web" } },
  });
  expect((await store.find(imported!.id))?.id).toBe(imported!.id);
  expect((await store.find(imported!.id.slice(7)))?.id).toBe(imported!.id);
  expect(await store.find("app:v9")).toBeUndefined();
  expect(await readFile(join(store.linkFolder, store.lowerDirs(image!).split(":")[0]!, "file"), "utf8")).toBe("one");

  await store.remove("app:v1");
  expect((await store.find("me/app:v2"))?.repoTags).toEqual(["docker.io/me/app:v2"]);
  await store.remove(imported!.id);
  expect(await store.list()).toEqual([]);
  expect(await readdir(join(store.folder, "layers"))).toEqual([]);
  expect(await readdir(store.linkFolder)).toEqual([]);
  expect(await readdir(join(store.folder, "tmp"))).toEqual([]);
});

test("a name moves to the newer image; shared layers stay; a lease keeps layers of a removed image", async () => {
  await importImage(store, await dockerArchive(["app"], "one"));
  const old = (await store.find("app"))!;
  await importImage(store, await dockerArchive(["app"], "two"));
  expect((await store.find("app"))!.id).not.toBe(old.id);
  expect(await readdir(join(store.folder, "layers"))).toHaveLength(3);
  await store.lease("container-1", old, folder);
  await store.remove(old.id);
  expect(await readdir(join(store.folder, "layers"))).toHaveLength(3);
  await store.release("container-1");
  await store.collectLayers();
  expect(await readdir(join(store.folder, "layers"))).toHaveLength(2);
});

test("two processes that import the same image at once agree", async () => {
  const archive = await dockerArchive(["app"]);
  const other = await ImageStore.open(helper, store.folder);
  await Promise.all([importImage(store, archive), importImage(other, archive), importImage(store, archive)]);
  expect((await other.list()).map(image => image.repoTags)).toEqual([["docker.io/library/app:latest"]]);
});

test("an OCI archive: the index's manifest for this machine, its name and digest", async () => {
  const layer = await tarOf([{ name: "file", content: "oci" }]);
  const zipped = gzipSync(layer);
  const config = Buffer.from(JSON.stringify({ rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] } }));
  const manifest = Buffer.from(
    JSON.stringify({
      config: { digest: `sha256:${sha256(config)}` },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: `sha256:${sha256(zipped)}` }],
    }),
  );
  const architecture = process.arch === "x64" ? "amd64" : "arm64";
  const platforms = [
    { digest: `sha256:${"0".repeat(64)}`, platform: { os: "linux", architecture: "riscv64" } },
    { digest: `sha256:${sha256(manifest)}`, platform: { os: "linux", architecture } },
  ];
  const platformIndex = Buffer.from(JSON.stringify({ manifests: platforms }));
  const digest = `sha256:${sha256(platformIndex)}`;
  const index = { manifests: [{ digest, annotations: { "io.containerd.image.name": "registry.k8s.io/app:v3" } }] };
  const blobs = [config, manifest, zipped, platformIndex].map(content => ({
    name: `blobs/sha256/${sha256(content)}`,
    content,
  }));
  const path = join(folder, "oci.tar.gz");
  await writeFile(path, gzipSync(await tarOf([{ name: "index.json", content: JSON.stringify(index) }, ...blobs])));
  await importImage(store, path);
  expect(await store.find("registry.k8s.io/app:v3")).toMatchObject({
    repoTags: ["registry.k8s.io/app:v3"],
    repoDigests: [`registry.k8s.io/app@${digest}`],
  });
});

test("a layer whose content is not what the configuration promises is refused", async () => {
  const layer = await tarOf([{ name: "a", content: "1" }]);
  const path = join(folder, "wrong.tar");
  await writeFile(path, layer);
  await expect(store.addLayer(`sha256:${"1".repeat(64)}`, path)).rejects.toThrow("should be");
  expect(await readdir(join(store.folder, "layers"))).toEqual([]);
});

test("what is made last never leaves the layer by a link that took its folder's place", async () => {
  const outside = await mkdtemp(join(folder, "outside-"));
  await writeFile(join(outside, "file"), "x", { mode: 0o600 });
  const before = await stat(join(outside, "file"));
  const { target } = await unpack([
    { name: "d/", type: "directory" },
    { name: "d/fifo", type: "fifo", mode: 0o666 },
    { name: "d/.wh.gone", content: "" },
    { name: "d/file", content: "y", pax: { "SCHILY.xattr.user.evil": "1" } },
    { name: "d/sub/", type: "directory", mtime: new Date(5_000_000) },
    { name: "d", type: "symlink", linkname: outside },
    { name: "f", type: "fifo", mode: 0o777 },
    { name: "f", type: "symlink", linkname: join(outside, "file") },
  ] as Parameters<typeof tarOf>[0]);
  expect(await readdir(outside)).toEqual(["file"]);
  const after = await stat(join(outside, "file"));
  expect([after.mode, after.uid, after.ctimeMs]).toEqual([before.mode, before.uid, before.ctimeMs]);
  expect(await readdir(target)).toEqual(["d", "f"]);
});

test.each([".wh...", "d/.wh..", ".wh."])("a whiteout named %s is refused", async name => {
  await expect(unpack([{ name, content: "" }])).rejects.toThrow(/leaves its folder|hides nothing/);
});

test("what was left half made goes once it is old", async () => {
  const old = await store.makeTemporary();
  const fresh = await store.makeTemporary();
  await utimes(old, 1, 1);
  await store.collectTemporary(60_000);
  expect(await readdir(join(store.folder, "tmp"))).toEqual([basename(fresh)]);
});
