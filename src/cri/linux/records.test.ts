import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type RecordHolder, saveInTurn } from "./records.ts";

test("saves that come at once all succeed, and the newest state stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "records-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "container.json");
  const record = { state: "running", padding: "x".repeat(100_000) };
  const holder: RecordHolder = { record };
  const started = saveInTurn(path, holder);
  record.state = "exited";
  await Promise.all([started, saveInTurn(path, holder), saveInTurn(path, holder)]);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ state: "exited" });
});

test("a save that fails does not hold up the next", async () => {
  const holder: RecordHolder = { record: {} };
  const folder = mkdtempSync(join(tmpdir(), "records-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const failed = saveInTurn(join(folder, "none", "container.json"), holder);
  const next = saveInTurn(join(folder, "container.json"), holder);
  await expect(failed).rejects.toThrow("ENOENT");
  await next;
});
