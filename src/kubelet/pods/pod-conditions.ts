import type { Pod } from "#api/core/v1/pod.ts";
import { podCondition } from "#api/core/v1/pod-conditions.ts";
import { isSidecar, sidecarsOf } from "#api/core/v1/pod-containers.ts";
import type { ContainerStatus, PodCondition } from "#api/core/v1/pod-status.ts";
import { findCondition, transitionTime } from "#api/meta/v1/find-condition.ts";
import { anyHasStarted, type PodPhase } from "./pod-phase.ts";

export interface ConditionsInput {
  readonly pod: Pod;
  readonly phase: PodPhase;
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  /** The sandbox is there and has its network. */
  readonly sandboxReady: boolean;
  /** `metav1.Time` of now. */
  readonly now: string;
}

interface Verdict {
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}

const holds: Verdict = { status: "True" };

/** The conditions that the kubelet owns, in upstream's order, and after them those that others wrote. */
export function podConditions(input: ConditionsInput): readonly PodCondition[] {
  const { pod } = input;
  const containersReady = containersReadyVerdict(input);
  const own: readonly (readonly [string, Verdict])[] = [
    ["PodReadyToStartContainers", { status: input.sandboxReady ? "True" : "False" }],
    ["Initialized", initializedVerdict(input)],
    ["Ready", readyVerdict(input, containersReady)],
    ["ContainersReady", containersReady],
    ["PodScheduled", holds],
  ];
  const previous = pod.status?.conditions ?? [];
  const others = previous.filter(condition => !own.some(([type]) => type === condition.type));
  return [...own.map(([type, verdict]) => podConditionOf(type, verdict, previous, input)), ...others];
}

function podConditionOf(
  type: string,
  verdict: Verdict,
  previous: readonly PodCondition[],
  { pod, now }: ConditionsInput,
): PodCondition {
  const generation = pod.metadata.generation;
  return {
    type,
    ...(generation ? { observedGeneration: generation } : {}),
    status: verdict.status,
    lastTransitionTime: transitionTime(findCondition(previous, type), verdict.status, now),
    ...(verdict.reason ? { reason: verdict.reason } : {}),
    ...(verdict.message ? { message: verdict.message } : {}),
  };
}

function initializedVerdict({ pod, phase, initStatuses, statuses }: ConditionsInput): Verdict {
  const incomplete = (pod.spec.initContainers ?? [])
    .filter(
      container =>
        !isInitialized(
          container,
          initStatuses.find(status => status.name === container.name),
        ),
    )
    .map(container => container.name);
  if (phase === "Succeeded") return { status: "True", reason: "PodCompleted" };
  // A sidecar that is started anew takes nothing back.
  if (incomplete.length === 0 || anyHasStarted(statuses)) return holds;
  const message = `containers with incomplete status: [${incomplete.join(" ")}]`;
  return { status: "False", reason: "ContainersNotInitialized", message };
}

function isInitialized(
  container: { readonly restartPolicy?: string | undefined },
  status: ContainerStatus | undefined,
): boolean {
  if (isSidecar(container)) return status?.started ?? false;
  return status?.ready ?? false;
}

function containersReadyVerdict({ pod, phase, initStatuses, statuses }: ConditionsInput): Verdict {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  const sidecars = sidecarsOf(pod.spec);
  const all = [...initStatuses, ...statuses];
  const unready = [...sidecars, ...pod.spec.containers]
    .filter(container => !all.find(status => status.name === container.name)?.ready)
    .map(container => container.name);
  if (unready.length === 0) return holds;
  return {
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: [${unready.join(" ")}]`,
  };
}

function readyVerdict({ pod }: ConditionsInput, containersReady: Verdict): Verdict {
  if (containersReady.status === "False") return containersReady;
  const messages: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const gate = podCondition(pod, conditionType);
    if (gate === undefined)
      messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (gate.status !== "True") {
      messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`);
    }
  }
  if (messages.length === 0) return holds;
  return { status: "False", reason: "ReadinessGatesNotReady", message: messages.join(", ") };
}
