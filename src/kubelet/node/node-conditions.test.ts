import { expect, test } from "vitest";
import { nodeConditions, pressureEvents } from "./node-conditions.ts";

const calm = { problems: [], memoryPressure: false, diskPressure: false, pidPressure: false };
const atFirst = nodeConditions(calm, [], "2026-01-01T00:00:00Z");

test("a status that stays keeps its transition's time", () => {
  const later = nodeConditions({ ...calm, diskPressure: true }, atFirst, "2026-01-02T00:00:00Z");
  const times = later.map(({ type, status, lastTransitionTime }) => [type, status, lastTransitionTime]);
  expect(times).toEqual([
    ["MemoryPressure", "False", "2026-01-01T00:00:00Z"],
    ["DiskPressure", "True", "2026-01-02T00:00:00Z"],
    ["PIDPressure", "False", "2026-01-01T00:00:00Z"],
    ["Ready", "True", "2026-01-01T00:00:00Z"],
  ]);
});

test("Events tell of each pressure once, and of each change", () => {
  expect(pressureEvents([], atFirst)).toEqual([
    "NodeHasSufficientMemory",
    "NodeHasNoDiskPressure",
    "NodeHasSufficientPID",
  ]);
  expect(pressureEvents(atFirst, atFirst)).toEqual([]);
  const full = nodeConditions({ ...calm, diskPressure: true }, atFirst, "2026-01-02T00:00:00Z");
  expect(pressureEvents(atFirst, full)).toEqual(["NodeHasDiskPressure"]);
});
