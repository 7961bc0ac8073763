import { expect, test } from "vitest";
import { formatMicroTime, formatTime } from "./clock.ts";

test("times are written in seconds, and in microseconds where Kubernetes does", () => {
  const ms = Date.UTC(2026, 10, 21, 13, 38, 0);
  expect(formatTime(ms)).toBe("2026-11-21T13:38:00Z");
  expect(formatTime(ms + 999.9)).toBe("2026-11-21T13:38:00Z");
  expect(formatTime(ms + 1000)).toBe("2026-11-21T13:38:01Z");
  expect(formatTime(ms - 1)).toBe("2026-11-21T13:37:59Z");
  expect(formatTime(0)).toBe("1970-01-01T00:00:00Z");
  expect(formatMicroTime(ms + 0.5)).toBe("2026-11-21T13:38:00.000500Z");
});
