import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import type { Helper } from "#base/helper.ts";
import { type HostMounts, UnsafePathError } from "../host.ts";

/** {@link HostMounts} by mount(8) and umount(8), run by the helper in the node's mount namespace. */
export function linuxMounts(helper: Helper): HostMounts {
  const run = async (argv: readonly string[]) => {
    const { exitCode, stderr } = await helper.run(argv);
    if (exitCode !== 0) throw new Error(`${argv[0]} failed: ${stderr.trim()}`);
  };
  return {
    tmpfs: (path, { sizeBytes, mode }) => {
      const options = [`mode=${mode.toString(8)}`, ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])];
      return run(["mount", "-t", "tmpfs", "-o", options.join(","), "tmpfs", path]);
    },
    async bindSubPath(root, subPath, target, options) {
      const source = await openBelow(root, subPath, options);
      try {
        await makeTarget(target, await source.stat());
        // Through the open file: what the path leads to cannot be exchanged between the check and the mount.
        await run(["mount", "--bind", `/proc/${process.pid}/fd/${source.fd}`, target]);
      } finally {
        await source.close();
      }
    },
    async unmountAll(path) {
      const points = (await mountPoints()).filter(point => point === path || point.startsWith(`${path}/`));
      for (const point of points.toReversed()) await run(["umount", "-l", point]);
    },
    isMounted: async path => (await mountPoints()).includes(path),
  };
}

async function mountPoints(): Promise<string[]> {
  const table = await fs.readFile("/proc/self/mountinfo", "utf8");
  const plain = (text: string) =>
    text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
  return table
    .split("\n")
    .filter(line => line !== "")
    .map(line => plain(line.split(" ")[4]!));
}

/**
 * Opens `subPath` below `root`; missing folders are made. Links are resolved first (a key of a ConfigMap is one) and must
 * end inside; the way found is then opened step by step without following any, so that an exchanged link misleads nobody.
 */
async function openBelow(root: string, subPath: string, options: { readOnly: boolean }): Promise<fs.FileHandle> {
  const inside = await fs.realpath(root);
  const parts = await resolveLinks(inside, subPath);
  let current = await fs.open(inside, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const part of parts) {
    const next = `/proc/self/fd/${current.fd}/${part}`;
    try {
      const opened = await openStep(next, options);
      await current.close();
      current = opened;
    } catch (error) {
      await current.close();
      if ((error as NodeJS.ErrnoException).code === "ELOOP")
        throw new UnsafePathError(`subPath ${subPath} leads through a link`);
      throw error;
    }
  }
  return current;
}

/** The way from `root` to where `subPath` leads; what does not exist yet is taken as it is written. */
async function resolveLinks(root: string, subPath: string): Promise<string[]> {
  const written = partsOf(subPath);
  if (written.includes("..")) throw new UnsafePathError(`subPath ${subPath} leads out of its volume`);
  for (let existing = written.length; existing > 0; existing--) {
    const real = await realPathOf([root, ...written.slice(0, existing)].join("/"));
    if (real === undefined) continue;
    if (real !== root && !real.startsWith(`${root}/`))
      throw new UnsafePathError(`subPath ${subPath} leads out of its volume through a link`);
    return [...partsOf(real.slice(root.length)), ...written.slice(existing)];
  }
  return written;
}

function partsOf(path: string): string[] {
  return path.split("/").filter(part => part !== "" && part !== ".");
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function openStep(path: string, options: { readOnly: boolean }): Promise<fs.FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  try {
    return await fs.open(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || options.readOnly) throw error;
    await fs.mkdir(path, { mode: 0o755 });
    return fs.open(path, flags | constants.O_DIRECTORY);
  }
}

async function makeTarget(target: string, source: { isDirectory(): boolean }): Promise<void> {
  if (source.isDirectory()) {
    await fs.mkdir(target, { recursive: true, mode: 0o755 });
    return;
  }
  await fs.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true, mode: 0o755 });
  await fs.writeFile(target, "", { flag: "a" });
}
