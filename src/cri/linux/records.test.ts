import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { saveRecord } from "./records.ts";

test("the newest record stays, whole, and nothing beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "records-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "container.json");
  saveRecord(path, { state: "running", padding: "x".repeat(100_000) });
  saveRecord(path, { state: "exited" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ state: "exited" });
  expect(readdirSync(folder)).toEqual(["container.json"]);
});
