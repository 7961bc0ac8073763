import { describe, expect, test } from "vitest";
import type { Pod } from "#api/core/v1/pod.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { plugins } from "./plugins.ts";
import { podInfoOf } from "./pod-info.ts";
import { SchedulingQueue } from "./queue.ts";

function podOf(name: string, spec: Partial<Pod["spec"]> = {}) {
  const containers = [{ name: "c", image: "i" }];
  return podInfoOf({ metadata: { name, namespace: "d", uid: name }, spec: { containers, ...spec } } as Pod);
}

function queueOf() {
  const clock = new VirtualClock(0);
  let ready = 0;
  const queue = new SchedulingQueue({ clock, plugins, onReady: () => ready++ });
  const popAll = () => {
    const names: string[] = [];
    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) names.push(entry.info.uid);
    return names;
  };
  return { clock, queue, popAll, ready: () => ready };
}

describe("the scheduling queue", () => {
  test("gives out by priority, then by age", async () => {
    const { clock, queue, popAll } = queueOf();
    queue.add(podOf("old"), undefined);
    await clock.advance(1);
    queue.add(podOf("young"), undefined);
    queue.add(podOf("important", { priority: 10 }), undefined);
    expect(popAll()).toEqual(["important", "old", "young"]);
  });

  test("holds gated pods until the gate is gone", () => {
    const { queue, popAll } = queueOf();
    queue.add(podOf("p", { schedulingGates: [{ name: "wait" }] }), undefined);
    expect([queue.placeOf("p"), popAll()]).toEqual(["gated", []]);
    queue.add(podOf("p"), undefined);
    expect(popAll()).toEqual(["p"]);
  });

  test("wakes a rejected pod only for what its plugin cares about, and after its delay", async () => {
    const { clock, queue, popAll, ready } = queueOf();
    queue.add(podOf("p"), undefined);
    queue.reject(queue.pop()!, new Set(["TaintToleration"]));
    queue.wake("assignedPodDeleted");
    expect(queue.placeOf("p")).toBe("unschedulable");
    queue.wake("nodeTaintsChanged");
    expect(queue.placeOf("p")).toBe("backoff");
    await clock.advance(999);
    expect(popAll()).toEqual([]);
    await clock.advance(1);
    expect([ready(), popAll()]).toEqual([2, ["p"]]);
  });

  test("waits twice as long after each failure, ten seconds at most", async () => {
    const { clock, queue } = queueOf();
    queue.add(podOf("p"), undefined);
    for (const seconds of [1, 2, 4, 8, 10, 10]) {
      queue.retry(queue.pop()!);
      await clock.advance(seconds * 1000 - 1);
      expect(queue.placeOf("p")).toBe("backoff");
      await clock.advance(1);
      expect(queue.placeOf("p")).toBe("active");
    }
  });

  test("tries again after five minutes without any event", async () => {
    const { clock, queue, popAll } = queueOf();
    queue.add(podOf("p"), undefined);
    queue.reject(queue.pop()!, new Set(["NodeAffinity"]));
    await clock.advance(299_999);
    expect(popAll()).toEqual([]);
    await clock.advance(1);
    expect(popAll()).toEqual(["p"]);
  });
});
