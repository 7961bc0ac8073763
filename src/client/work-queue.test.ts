import { expect, test } from "vitest";
import { revisionCause } from "#base/cause.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { WorkQueue } from "./work-queue.ts";

const cause = (revision: number) => revisionCause("0".repeat(32), revision);

test("a key is given out once, in order, with all its causes", () => {
  const queue = new WorkQueue({ clock: new VirtualClock(0) });
  queue.add("a", cause(1));
  queue.add("b", cause(2));
  queue.add("a", cause(3));
  expect(queue.take()).toEqual({ key: "a", cause: { ...cause(1), revisions: [1, 3] } });
  expect(queue.take()).toEqual({ key: "b", cause: cause(2) });
  expect(queue.take()).toBeUndefined();
});

test("a key that comes while it is held waits for the worker to be done", () => {
  const queue = new WorkQueue({ clock: new VirtualClock(0) });
  queue.add("a", cause(1));
  queue.take();
  queue.add("a", cause(2));
  expect(queue.take()).toBeUndefined();
  queue.done("a");
  expect(queue.take()).toEqual({ key: "a", cause: cause(2) });
  queue.done("a");
  expect(queue.take()).toBeUndefined();
  expect(queue.idle).toBe(true);
});

test("of several delays the earliest counts", async () => {
  const clock = new VirtualClock(0);
  const queue = new WorkQueue({ clock });
  queue.addAfter("a", 100);
  queue.addAfter("a", 50);
  queue.addAfter("a", 200);
  await clock.advance(49);
  expect(queue.length).toBe(0);
  await clock.advance(1);
  expect(queue.take()?.key).toBe("a");
  queue.done("a");
  await clock.advance(1000);
  expect(queue.length).toBe(0);
});

test("failures wait 5, 10, 20 ms and at most 1000 s, until forgotten", async () => {
  const clock = new VirtualClock(0);
  const queue = new WorkQueue({ clock });
  for (const delayMs of [5, 10, 20]) {
    queue.addRateLimited("a");
    await clock.advance(delayMs - 1);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.take()?.key).toBe("a");
    queue.done("a");
  }
  for (let failure = 0; failure < 20; failure++) {
    queue.addRateLimited("a");
    await clock.advance(1_000_000);
    expect(queue.take()?.key).toBe("a");
    queue.done("a");
  }
  queue.forget("a");
  queue.addRateLimited("a");
  await clock.advance(5);
  expect(queue.length).toBe(1);
});

test("closing lets those who wait go", async () => {
  const queue = new WorkQueue({ clock: new VirtualClock(0) });
  const waiting = queue.next();
  queue.close();
  expect(await waiting).toBeUndefined();
  queue.add("a");
  expect(queue.take()).toBeUndefined();
});
