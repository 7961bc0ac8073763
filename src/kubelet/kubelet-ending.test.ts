import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pods } from "#api/core/v1/pod.ts";
import { KubeletFixture, podOf } from "#testing/kubelet-fixture.ts";

let fixture: KubeletFixture;
let { clock, api, world, host, healthy, pod, condition, main, eventsOf } = {} as KubeletFixture;

beforeEach(async () => {
  fixture = await KubeletFixture.create();
  ({ clock, api, world, host, healthy, pod, condition, main, eventsOf } = fixture);
});

afterEach(() => fixture.stop());

describe("a pod", () => {
  test("that is deleted ends gracefully and leaves nothing", async () => {
    await api.put(pods, podOf("gone"));
    await clock.advance(10);
    await api.delete(pods, { namespace: "default", name: "gone" });
    await clock.advance(100);
    expect(pod("gone")).toBeUndefined();
    expect(eventsOf("gone")).toContain("Normal Killing: Stopping container main");
    expect((await world.runtime.listPodSandbox({}, {})).items).toEqual([]);
    expect(await host.files.list("/var/lib/kubelet/pods")).toEqual([]);
  });

  test("that is deleted while its image is pulled does not wait for that", async () => {
    await api.put(pods, podOf("pulling", { image: "huge:1" }));
    await clock.advance(1_000);
    expect(main("pulling")?.state?.waiting?.reason).toBe("ContainerCreating");
    await api.delete(pods, { namespace: "default", name: "pulling" });
    await clock.advance(1_000);
    expect(pod("pulling")).toBeUndefined();
  });

  test("that does not heed SIGTERM is killed after its grace", async () => {
    await api.put(pods, podOf("slow", { image: "slow:1" }));
    await clock.advance(10);
    await api.delete(pods, { namespace: "default", name: "slow" }, { gracePeriodSeconds: 5 });
    await clock.advance(4_900);
    expect(pod("slow")).toBeDefined();
    await clock.advance(200);
    expect(pod("slow")).toBeUndefined();
  });

  test("has one grace for all its containers, sidecars too, whose hooks run from its beginning", async () => {
    const preStop = { sleep: { seconds: 60 } };
    const initContainers = [
      { name: "first", image: "web:1", imagePullPolicy: "IfNotPresent" as const, restartPolicy: "Always" },
      { name: "second", image: "slow:1", imagePullPolicy: "IfNotPresent" as const, restartPolicy: "Always" },
    ].map(container => ({ ...container, lifecycle: { preStop } }));
    await api.put(pods, podOf("sides", { image: "slow:1", initContainers }));
    await clock.advance(10);
    expect(condition("sides", "Ready")).toBe("True");
    await api.delete(pods, { namespace: "default", name: "sides" }, { gracePeriodSeconds: 10 });
    await clock.advance(9_900);
    expect(pod("sides")).toBeDefined();
    await clock.advance(2_200); // The least that each has after the grace.
    expect(pod("sides")).toBeUndefined();
  });

  test("that is ending still says when it is no longer ready, and no other probe asks it", async () => {
    const probe = { httpGet: { port: 80, path: "/" }, periodSeconds: 1, failureThreshold: 2 };
    const main = { name: "main", image: "slow:1", imagePullPolicy: "IfNotPresent" as const };
    await api.put(pods, podOf("drained", { containers: [{ ...main, readinessProbe: probe, livenessProbe: probe }] }));
    await clock.advance(500);
    expect(condition("drained", "Ready")).toBe("True");
    await api.delete(pods, { namespace: "default", name: "drained" }, { gracePeriodSeconds: 30 });
    await clock.advance(500);
    healthy.ready = false;
    await clock.advance(3_000);
    expect(condition("drained", "Ready")).toBe("False");
    expect(eventsOf("drained").filter(event => event.includes("Liveness"))).toEqual([]);
    await clock.advance(30_000);
    expect(pod("drained")).toBeUndefined();
  });

  test("past its deadline fails", async () => {
    await api.put(pods, podOf("late", { activeDeadlineSeconds: 5 }));
    await clock.advance(4_000);
    expect(pod("late")?.status?.phase).toBe("Running");
    await clock.advance(2_000);
    expect(pod("late")?.status).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
  });

  test("that is ending takes room until it has ended", async () => {
    const resources = { requests: { cpu: "3" } };
    const sized = (name: string) =>
      podOf(name, { containers: [{ name: "main", image: "slow:1", imagePullPolicy: "IfNotPresent", resources }] });
    await api.put(pods, sized("before"));
    await clock.advance(10);
    await api.delete(pods, { namespace: "default", name: "before" }, { gracePeriodSeconds: 5 });
    await clock.advance(10);
    await api.put(pods, sized("early"));
    await clock.advance(10);
    expect(pod("early")?.status).toMatchObject({ phase: "Failed", reason: "OutOfcpu" });
    await clock.advance(6_000);
    await api.put(pods, sized("late"));
    await clock.advance(100);
    expect(pod("late")?.status?.phase).toBe("Running");
  });
});
