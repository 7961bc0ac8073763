import { mkdtemp, readFile, readlink, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Helper } from "#base/helper.ts";
import { cgroupFolder, cgroupVersion } from "#base/host/cgroups.ts";
import { writeAtomically } from "../volumes/atomic-writer.ts";
import { linuxCgroups } from "./linux-cgroups.ts";
import { linuxFiles } from "./linux-files.ts";
import { linuxMounts } from "./linux-mounts.ts";
import { readMachine } from "./machine.ts";

let folder: string;
const files = linuxFiles();
const payload = (text: string) => new Map([["a/key", { bytes: Buffer.from(text), mode: 0o640 }]]);

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/kubelet-host-`);
});
afterEach(() => rm(folder, { recursive: true }));

test("an atomic volume changes by one rename", async () => {
  expect(await writeAtomically(files, folder, payload("one"), { version: "v1" })).toBe(true);
  expect(await writeAtomically(files, folder, payload("one"), { version: "v2" })).toBe(false);
  expect(await readlink(`${folder}/..data`)).toBe("..v1");
  expect(await writeAtomically(files, folder, payload("two"), { version: "v3" })).toBe(true);
  expect(await readFile(`${folder}/a/key`, "utf8")).toBe("two");
  expect((await stat(`${folder}/a/key`)).mode & 0o777).toBe(0o640);
  expect(await files.list(folder)).toEqual(["..data", "..v3", "a"]);
});

test("absence is no error", async () => {
  expect(await files.read(`${folder}/none`)).toBeUndefined();
  expect(await files.list(`${folder}/none`)).toEqual([]);
  expect(await files.type(`${folder}/none`)).toBeUndefined();
  await files.remove(`${folder}/none`);
});

/** A helper that runs nothing and notes what it was to run. */
function noting(commands: string[]): Helper {
  return {
    run: async argv => ({ exitCode: commands.push(argv.join(" ")) * 0, stdout: "", stderr: "" }),
    runScript: () => Promise.reject(new Error("no script is expected")),
    async [Symbol.asyncDispose]() {},
  };
}

test("a subPath never leads out of its volume", async () => {
  const commands: string[] = [];
  const helper = noting(commands);
  const mounts = linuxMounts(helper);
  await files.makeFolder(`${folder}/volume`, 0o755);
  await symlink("/etc", `${folder}/volume/out`);
  const bind = (subPath: string) =>
    mounts.bindSubPath(`${folder}/volume`, subPath, `${folder}/target`, { readOnly: false });
  await expect(bind("out/passwd")).rejects.toThrow("leads out of its volume through a link");
  await expect(bind("../x")).rejects.toThrow("leads out of its volume");
  expect(commands).toEqual([]);
  await bind("new/deep");
  expect(commands[0]).toMatch(/^mount --bind \/proc\/\d+\/fd\/\d+ .*\/target$/);
  expect((await stat(`${folder}/volume/new/deep`)).isDirectory()).toBe(true);
  await symlink("/nowhere", `${folder}/volume/dangling`);
  await expect(bind("dangling")).rejects.toThrow("leads through a link");
});

test("a subPath may be a key, which is a link inside its volume", async () => {
  const commands: string[] = [];
  const helper = noting(commands);
  const keys = `${folder}/keys`;
  await files.makeFolder(keys, 0o755);
  await writeAtomically(files, keys, payload("one"), { version: "v1" });
  await linuxMounts(helper).bindSubPath(keys, "a/key", `${folder}/key`, { readOnly: true });
  expect(commands).toHaveLength(1);
  expect((await stat(`${folder}/key`)).isFile()).toBe(true);
});

test("the machine is known", async () => {
  const machine = await readMachine();
  expect(machine.cpus).toBeGreaterThan(0);
  expect(machine.memoryBytes).toBeGreaterThan(100_000_000);
  expect(machine.bootId).toMatch(/^[0-9a-f-]{36}$/);
});

test("a pod's group has its limits, says what it used, and goes with everything below it", async () => {
  const cgroups = linuxCgroups();
  const parent = `/k8ts-test-${process.pid}`;
  const pod = `${parent}/pod`;
  try {
    await cgroups.apply(pod, {
      cpuShares: 512,
      cpuPeriodUs: 100_000,
      cpuQuotaUs: 50_000,
      memoryBytes: 64 << 20,
      pids: 9,
    });
    expect(await cgroups.usage(pod)).toMatchObject({ processes: 0, memoryLimitBytes: 64 << 20 });
    const limit = cgroupFolder(cgroupVersion(), "pids", pod);
    expect(await readFile(`${limit}/pids.max`, "utf8")).toBe("9\n");
  } finally {
    await cgroups.remove(parent);
  }
  expect(await cgroups.usage(pod)).toBeUndefined();
});
