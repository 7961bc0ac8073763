import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MountPoints } from "./mount-points.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mount-points-"));
  await mkdir(join(folder, "source"));
  await writeFile(join(folder, "hosts"), "");
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => MountPoints.open(join(folder, "sets"));
const mount = (destination: string, type = "tmpfs", source = "none") => ({ destination, type, source, options: [] });
const bind = (destination: string, source: string) => mount(destination, "bind", join(folder, source));

test("a place for each outermost mount, a file for a file; containers with the same mounts share it", async () => {
  const points = await open();
  const mounts = [
    mount("/proc"),
    mount("/dev"),
    mount("/dev/pts"),
    bind("/etc/hosts", "hosts"),
    bind("/a/b", "source"),
  ];
  const layer = await points.layerFor(mounts);
  expect((await readdir(layer!, { recursive: true })).sort()).toEqual(["a", "a/b", "dev", "etc", "etc/hosts", "proc"]);
  expect((await stat(join(layer!, "etc/hosts"))).isFile()).toBe(true);
  expect(await points.layerFor(mounts)).toBe(layer);
  expect(await points.layerFor([mount("/proc")])).not.toBe(layer);
  await mkdir(join(folder, "sets", "new-half"));
  expect(await (await open()).layerFor(mounts)).toBe(layer);
  expect(await readdir(join(folder, "sets"))).toHaveLength(2);
});

test("no path leads out of the layer; a mount on the root holds the places of all others", async () => {
  const points = await open();
  expect(await readdir((await points.layerFor([mount("/../../escaped")]))!)).toEqual(["escaped"]);
  expect((await readdir(folder)).sort()).toEqual(["hosts", "sets", "source"]);
  expect(await readdir((await points.layerFor([mount("/"), mount("/proc")]))!)).toEqual([]);
});

test("different sets are limited", async () => {
  const points = await open();
  for (let at = 0; at < 100; at++) expect(await points.layerFor([mount(`/m${at}`)])).toBeDefined();
  expect(await points.layerFor([mount("/one-more")])).toBeUndefined();
  expect(await points.layerFor([mount("/m5")])).toBeDefined();
});
