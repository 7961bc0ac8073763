import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";

describe("virtual time", () => {
  it("fires timers by due time, ties in the order made", async () => {
    const clock = new VirtualClock(1_000);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.monotonic()}`);
    clock.schedule(20, note("late"));
    clock.schedule(10, note("first"));
    clock.schedule(10, note("second"));
    clock.schedule(5, () => clock.schedule(5, note("third")));
    await clock.advance(15);
    expect(fired).toEqual(["first@10", "second@10", "third@10"]);
    await clock.advance(5);
    expect(fired.at(-1)).toBe("late@20");
    expect(clock.now()).toBe(1_020);
  });

  it("lets promise chains of any length end before time goes on", async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    clock.schedule(1, () => {
      void (async () => {
        for (let step = 0; step < 10_000; step++) await undefined;
        seen.push(clock.monotonic());
      })();
    });
    clock.schedule(2, () => seen.push(clock.monotonic()));
    await clock.advance(2);
    expect(seen).toEqual([1, 2]);
  });

  it("forgets cancelled timers and aborted sleeps", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const slept = clock.sleep(50, abort.signal);
    clock.schedule(10, () => expect.unreachable()).cancel();
    expect(clock.nextDueMs()).toBe(clock.now() + 50);
    abort.abort(new Error("enough"));
    await expect(slept).rejects.toThrow("enough");
    expect(clock.nextDueMs()).toBeUndefined();
    expect(await clock.step()).toBe(false);
  });

  it("steps from timer to timer", async () => {
    const clock = new VirtualClock();
    clock.schedule(3_600_000, () => {});
    expect(await clock.step()).toBe(true);
    expect(clock.monotonic()).toBe(3_600_000);
  });
});
