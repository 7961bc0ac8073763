import { expect, test } from "vitest";
import type { Container, RuntimeContext } from "./context.ts";
import { releaseContainer } from "./exits.ts";

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
