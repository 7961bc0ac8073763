import { expect, test } from "vitest";
import { VirtualClock } from "#simulation/clock.ts";
import { Deadlines } from "./deadlines.ts";

test("what is not met in time expires, each at its own time", async () => {
  const clock = new VirtualClock();
  const deadlines = new Deadlines(clock, 1_000);
  const expired: string[] = [];
  deadlines.start(() => expired.push("first"));
  await clock.advance(400);
  const met = deadlines.start(() => expired.push("met"));
  deadlines.start(() => expired.push("second"));
  await clock.advance(500);
  deadlines.met(met);
  expect(expired).toEqual([]);
  await clock.advance(101);
  expect(expired).toEqual(["first"]);
  await clock.advance(300);
  expect(expired).toEqual(["first"]);
  await clock.advance(101);
  expect(expired).toEqual(["first", "second"]);
});

test("a new wait is watched after all others have ended", async () => {
  const clock = new VirtualClock();
  const deadlines = new Deadlines(clock, 1_000);
  deadlines.met(deadlines.start(() => expect.unreachable()));
  await clock.advance(5_000);
  let expired = false;
  deadlines.start(() => {
    expired = true;
  });
  await clock.advance(999);
  expect(expired).toBe(false);
  await clock.advance(2);
  expect(expired).toBe(true);
});
