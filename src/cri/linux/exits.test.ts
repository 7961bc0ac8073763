import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "#base/host/system-clock.ts";
import type { Container, RuntimeContext } from "./context.ts";
import { releaseContainer } from "./exits.ts";
import { startContainer } from "./start-container.ts";

test("a release that failed is tried again by the next who asks; one that succeeded is not", async () => {
  const commands: string[] = [];
  const run = async ([program = ""]: readonly string[]) => {
    commands.push(program);
    if (commands.length === 1) throw new Error("the helper ended");
    return { exitCode: 0, stdout: "", stderr: "" };
  };
  const context = {
    helper: { run },
    options: { runtimePath: "runc" },
    paths: { runc: "/runc", container: (id: string) => `/containers/${id}` },
    cgroups: { processes: () => [], removeEmpty: () => undefined },
  } as unknown as RuntimeContext;
  const container = { record: { id: "c", cgroupsPath: "/g/c" } } as Container;
  await expect(releaseContainer(context, container)).rejects.toThrow("the helper ended");
  await releaseContainer(context, container);
  await releaseContainer(context, container);
  expect(commands).toEqual(["runc", "runc", "umount"]);
});

test("a container that ends at once is deleted only after the command that starts it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "start-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const steps: string[] = [];
  const container = {
    record: { id: "c", sandboxId: "s", state: "created", config: {}, cgroupsPath: "/g/c" },
  } as unknown as Container;
  let released: Promise<void> | undefined;
  const run = async ([program, , , verb]: readonly string[]) => {
    steps.push(program === "runc" ? verb! : program!);
    if (verb === "start") {
      released = releaseContainer(context, container);
      await new Promise(setImmediate);
      steps.push("started");
    }
    return { exitCode: 0, stdout: "", stderr: "" };
  };
  const context = {
    helper: { run },
    clock: systemClock(),
    recorder: { record: () => undefined },
    events: { wanted: false },
    options: { runtimePath: "runc" },
    paths: { runc: "/runc", container: (_id: string, file: string) => join(folder, file) },
    cgroups: { processes: () => [], removeEmpty: () => undefined },
    containers: new Map([["c", container]]),
    sandboxes: new Map([["s", { record: { config: {} } }]]),
  } as unknown as RuntimeContext;
  await startContainer(context, { containerId: "c" }, {});
  await released;
  expect(steps).toEqual(["start", "started", "delete", "umount"]);
});
