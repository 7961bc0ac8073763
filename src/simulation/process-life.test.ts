import { describe, expect, it } from "vitest";
import type { HttpClient } from "#base/http-client.ts";
import { VirtualClock } from "./clock.ts";
import { ProcessLife } from "./process-life.ts";

const settled = async (promise: Promise<unknown>) => {
  let is = false;
  const done = () => {
    is = true;
  };
  promise.then(done, done);
  await new VirtualClock().advance(0);
  return is;
};

describe("a process that crashes", () => {
  it("has no timers left, and gets no new ones", async () => {
    const clock = new VirtualClock();
    const life = new ProcessLife();
    const own = life.clock(clock);
    const fired: string[] = [];
    own.schedule(10, () => fired.push("before"));
    own.schedule(20, () => fired.push("after"));
    const sleeping = own.sleep(30);
    await clock.advance(10);
    life.end();
    own.schedule(1, () => fired.push("new"));
    await clock.advance(100);
    expect(fired).toEqual(["before"]);
    expect(await settled(sleeping)).toBe(false);
    expect(clock.nextDueMs()).toBeUndefined();
  });

  it("hears no answer any more", async () => {
    const life = new ProcessLife();
    const answer = Promise.withResolvers<string>();
    class Service {
      readonly #answer = answer.promise;
      asked = 0;
      ask(): Promise<string> {
        this.asked++;
        return this.#answer;
      }
    }
    const service = new Service();
    const calls = life.calls(service);
    const heard = calls.ask();
    life.end();
    answer.resolve("too late");
    expect(await settled(heard)).toBe(false);
    expect(await settled(calls.ask())).toBe(false);
    expect(service.asked).toBe(1);
  });

  it("breaks its connections off", async () => {
    const life = new ProcessLife();
    let closed = false;
    const http = life.http({
      request: () => new Promise(() => {}),
      upgrade: () => new Promise(() => {}),
      async [Symbol.asyncDispose]() {
        closed = true;
      },
    } satisfies HttpClient);
    expect(await settled(http.request({ method: "GET", target: "/" }))).toBe(false);
    life.end();
    expect(closed).toBe(true);
  });
});
