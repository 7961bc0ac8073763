import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const cli = new URL("cli.ts", import.meta.url).pathname;

test("who reads the output may go before its end", async () => {
  const child = spawn(process.execPath, [cli, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const errors = text(child.stderr);
  const [code] = (await once(child, "exit")) as [number | null];
  expect([code, await errors]).toEqual([0, ""]);
});

test.each([
  ["ls x", "too many arguments for 'ls'. Expected 0 arguments but got 1: x"],
  [
    "trace pod/web --revision newest",
    "option '--revision <number>' argument 'newest' is invalid. It is a number, as in metadata.resourceVersion",
  ],
])("%s is told to be wrong in one line", async (line, said) => {
  const child = spawn(process.execPath, [cli, ...line.split(" ")], { stdio: ["ignore", "ignore", "pipe"] });
  const errors = text(child.stderr);
  const [code] = (await once(child, "exit")) as [number | null];
  expect([code, await errors]).toEqual([2, `k8ts: ${said}: --help shows what there is\n`]);
});
