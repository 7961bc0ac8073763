import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Helper } from "../helper.ts";
import { silentLog } from "../log.ts";
import { startHelper } from "./helper.ts";

/** The helper is a shell: nothing of a user's text may ever be read by it as anything but itself. */

let folder: string;
let helper: Helper;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "helper-quoting-"));
  helper = await startHelper({ folder: join(folder, "h"), log: silentLog });
});
afterAll(async () => {
  await helper[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function echoed(words: readonly string[]): Promise<readonly string[]> {
  const { stdout, exitCode } = await helper.run(["printf", "%s\\0", ...words]);
  expect(exitCode).toBe(0);
  return stdout.split("\0").slice(0, -1);
}

const hostile = [
  "$(touch x)",
  "`id`",
  "'; exit 1; '",
  '"; exit 1; "',
  "a\nb",
  "\n",
  "\n\n$(id)\n'",
  "\\",
  "\\n",
  "'\\''",
  "a\\\nb",
  "%s%n",
  "--",
  "-e",
  "*",
  "~",
  "$HOME $IFS $((1)) ${",
  "a\rb\tc\u0001\u007f",
  "é 😀 \u2028",
  "",
  " ",
  "#",
  "&& false",
  "|cat >/dev/null",
  "<x >y 2>&1",
  "!x",
];

test("words with all that a shell knows arrive as they are", async () => {
  expect(await echoed(hostile)).toEqual(hostile);
  for (const word of hostile) expect(await echoed(["before", word, "after"])).toEqual(["before", word, "after"]);
});

test("any words arrive as they are", async () => {
  const word = fc.oneof(
    fc.string({ unit: "binary" }).map(text => text.replaceAll("\0", "").toWellFormed()),
    fc.string({ unit: fc.constantFrom(..."'\"\\$`\n\r;&|<>() a#!*%-") }),
  );
  await fc.assert(
    // Many words for each command: it is the words that matter, and a busy machine takes its time for a command.
    fc.asyncProperty(fc.array(word, { minLength: 10, maxLength: 50 }), async words => {
      expect(await echoed(words)).toEqual(words);
    }),
    { numRuns: 20 },
  );
});

test("environment and input are no part of the command either", async () => {
  for (const value of hostile) {
    const answer = await helper.run(["sh", "-c", 'printf "%s\\0" "$V"; cat'], {
      environment: { V: value },
      input: value,
    });
    expect(answer.stdout).toBe(`${value}\0${value}`);
  }
});
