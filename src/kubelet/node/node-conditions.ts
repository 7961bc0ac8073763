import type { NodeCondition } from "#api/core/v1/node.ts";
import { findCondition, transitionTime } from "#api/meta/v1/find-condition.ts";

export interface NodeHealth {
  /** Why the node is not ready; empty when it is. */
  readonly problems: readonly string[];
  readonly memoryPressure: boolean;
  readonly diskPressure: boolean;
  readonly pidPressure: boolean;
}

/** The node's conditions, in upstream's order; a transition's time is kept while the status stays. */
export function nodeConditions(
  health: NodeHealth,
  previous: readonly NodeCondition[],
  now: string,
): readonly NodeCondition[] {
  const ready = health.problems.length === 0;
  const all: readonly (readonly [string, boolean, Words])[] = [
    ["MemoryPressure", health.memoryPressure, memoryWords],
    ["DiskPressure", health.diskPressure, diskWords],
    ["PIDPressure", health.pidPressure, pidWords],
    ["Ready", ready, { on: readyWords, off: ["KubeletNotReady", health.problems.join(", ")] }],
  ];
  return all.map(([type, on, words]) => {
    const [reason, message] = on ? words.on : words.off;
    const status = on ? "True" : "False";
    const lastTransitionTime = transitionTime(findCondition(previous, type), status, now);
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  });
}

/** Reason and message of a condition that is True, and of one that is False. */
interface Words {
  readonly on: readonly [string, string];
  readonly off: readonly [string, string];
}

const memoryWords: Words = {
  on: ["KubeletHasInsufficientMemory", "kubelet has insufficient memory available"],
  off: ["KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
};
const diskWords: Words = {
  on: ["KubeletHasDiskPressure", "kubelet has disk pressure"],
  off: ["KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
};
const pidWords: Words = {
  on: ["KubeletHasInsufficientPID", "kubelet has insufficient PID available"],
  off: ["KubeletHasSufficientPID", "kubelet has sufficient PID available"],
};
const readyWords = ["KubeletReady", "kubelet is posting ready status"] as const;

/** Reasons of the Events that tell of a pressure that came, went, or is looked at for the first time. */
export function pressureEvents(before: readonly NodeCondition[], after: readonly NodeCondition[]): readonly string[] {
  return Object.entries(pressureReasons).flatMap(([type, [off, on]]) => {
    const status = findCondition(after, type)?.status;
    return status === findCondition(before, type)?.status ? [] : [status === "True" ? on : off];
  });
}

/** Of each pressure: not there, there. */
const pressureReasons: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ["NodeHasSufficientMemory", "NodeHasInsufficientMemory"],
  DiskPressure: ["NodeHasNoDiskPressure", "NodeHasDiskPressure"],
  PIDPressure: ["NodeHasSufficientPID", "NodeHasInsufficientPID"],
};
