import { describe, expect, test } from "vitest";
import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { PodStatus } from "#api/core/v1/pod-status.ts";
import { type PodStatusInput, podStatusOf } from "./pod-status.ts";
import { noRuntimePod, type RuntimeContainer, type RuntimePod } from "./runtime-pod.ts";

const nowMs = Date.parse("2026-01-01T00:00:00Z");
const main: Container = { name: "main", image: "web:1" };
const sidecar: Container = { name: "side", image: "side:1", restartPolicy: "Always" };

function podOf(spec: Partial<Pod["spec"]>, status?: PodStatus): Pod {
  const metadata = { name: "web", namespace: "default", uid: "u1", generation: 1 };
  return { metadata, spec: { containers: [main], ...spec }, ...(status ? { status } : {}) };
}

function run(name: string, state: RuntimeContainer["state"], exitCode = 0): RuntimeContainer {
  return { id: `${name}-0`, name, sandboxId: "s", restartCount: 0, state, exitCode } as RuntimeContainer;
}

function runtimeOf(containers: readonly RuntimeContainer[]): RuntimePod {
  const sandbox = { id: "s", ready: true, attempt: 0, createdAtMs: 0, ips: ["10.0.0.2"], hostNetwork: false };
  const complete = containers.map(container => ({
    ...{ createdAtMs: nowMs, startedAtMs: nowMs, finishedAtMs: nowMs, reason: "", message: "", image: "", imageId: "" },
    ...container,
  }));
  return { uid: "u1", name: "web", namespace: "default", sandboxes: [sandbox], containers: complete };
}

function statusOf(pod: Pod, containers: readonly RuntimeContainer[], more: Partial<PodStatusInput> = {}): PodStatus {
  return podStatusOf({
    pod,
    runtime: containers.length === 0 ? noRuntimePod("u1") : runtimeOf(containers),
    runtimeName: "k8ts",
    nowMs,
    hostIps: ["192.0.2.1"],
    waiting: new Map(),
    over: false,
    qosClass: "BestEffort",
    readiness: () => true,
    started: () => true,
    messageOf: () => "",
    ...more,
  });
}

const conditionsOf = (status: PodStatus) =>
  Object.fromEntries((status.conditions ?? []).map(({ type, status: holds }) => [type, holds]));

describe("a sidecar", () => {
  const crashed = { reason: "CrashLoopBackOff", message: "back-off 10s" };
  const pod = podOf({ initContainers: [sidecar] });

  test("that has yet to start keeps its pod pending", () => {
    const status = statusOf(pod, [run("side", "running")], { started: () => false });
    expect(status.phase).toBe("Pending");
    expect(conditionsOf(status)).toMatchObject({ Initialized: "False" });
  });

  test("that waits to be started anew beside a running container takes nothing back but readiness", () => {
    const waiting = new Map([["side", crashed]]);
    const status = statusOf(pod, [run("side", "exited", 1), run("main", "running")], { waiting });
    expect(status.phase).toBe("Running");
    expect(conditionsOf(status)).toMatchObject({ Initialized: "True", Ready: "False", ContainersReady: "False" });
  });
});

describe("a verdict on the whole pod", () => {
  const failure = { reason: "DeadlineExceeded", message: "too long" };

  test("shows once nothing of it runs any more", () => {
    const pod = podOf({ activeDeadlineSeconds: 1 });
    const stopping = statusOf(pod, [run("main", "running")], { failure });
    expect(stopping.phase).toBe("Running");
    expect(stopping.reason).toBeUndefined();
    const stopped = statusOf(pod, [run("main", "exited", 137)], { failure, over: true });
    expect(stopped).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
  });

  test("before its containers were spoken of leaves nothing to say of them", () => {
    const status = statusOf(podOf({}), [], { failure: { reason: "OutOfcpu", message: "none left" }, over: true });
    expect(status).toMatchObject({ phase: "Failed", reason: "OutOfcpu" });
    expect(status.containerStatuses).toBeUndefined();
  });
});

test("a pod that is over and never began has failed, its containers' ends unknown", () => {
  const before = statusOf(podOf({}), []);
  expect(before.phase).toBe("Pending");
  const after = statusOf(podOf({}, before), [], { over: true });
  expect(after.phase).toBe("Failed");
  expect(after.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 137,
    reason: "ContainerStatusUnknown",
  });
});

test("a pod whose init container failed for good never started the others", () => {
  const pod = podOf({ restartPolicy: "Never", initContainers: [{ name: "first", image: "web:1" }] });
  const status = statusOf(pod, [run("first", "exited", 1)], { over: true });
  expect(status.phase).toBe("Failed");
  expect(status.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: "PodInitializing" } });
});
