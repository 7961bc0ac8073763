import { bindingType } from "#api/core/v1/binding.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { podCondition } from "#api/core/v1/pod-conditions.ts";
import { isNotFound } from "#api/status.ts";
import type { Cause } from "#base/cause.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { type Client, keyOf, parseKey } from "#client/client.ts";
import type { EventRecorder } from "#client/events.ts";
import type { PodInfo } from "./pod-info.ts";

export interface WriterDeps {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

/** All that the scheduler writes: bindings, the PodScheduled condition, nominations, Events, evictions. */
export class SchedulerWriter {
  readonly #deps: WriterDeps;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  async bind(pod: Pod, node: string, cause: Cause | undefined): Promise<void> {
    const { client, events } = this.#deps;
    const { namespace, name, uid } = pod.metadata;
    const body = { metadata: { namespace, name, uid }, target: { kind: "Node", name: node } };
    await client.because(cause).createSubresource(pods, parseKey(keyOf(pod)), "binding", bindingType, body);
    const message = `Successfully assigned ${keyOf(pod)} to ${node}`;
    events.event(pods, pod, "Normal", "Scheduled", message, { action: "Binding" });
  }

  /**
   * Tells why there is no node, and which one is being made ready for the pod: empty is none, undefined as it was. What
   * the status says already is not written again.
   */
  reportFailure(
    pod: Pod,
    failure: { readonly reason: "Unschedulable" | "SchedulerError"; readonly message: string },
    nominatedNode: string | undefined,
    cause: Cause | undefined,
  ): void {
    const { events, clock } = this.#deps;
    const { reason, message } = failure;
    events.event(pods, pod, "Warning", "FailedScheduling", message, { action: "Scheduling" });
    const before = podCondition(pod, "PodScheduled");
    const isSaid = before?.status === "False" && before.reason === reason && before.message === message;
    const isNominated = nominatedNode === undefined || nominatedNode === (pod.status?.nominatedNodeName ?? "");
    if (isSaid && isNominated) return;
    const changed = before?.status === "False" ? before.lastTransitionTime : undefined;
    const { generation } = pod.metadata;
    const condition = {
      type: "PodScheduled",
      ...(generation && { observedGeneration: generation }),
      status: "False",
      lastProbeTime: null,
      lastTransitionTime: changed ?? formatTime(clock.now()),
      reason,
      message,
    };
    void this.#patchStatus(
      pod,
      { conditions: [condition], ...(nominatedNode !== undefined && { nominatedNodeName: nominatedNode || null }) },
      cause,
    );
  }

  /** The room that was made for this pod is for a more important one. */
  withdrawNomination(pod: Pod, cause: Cause | undefined): void {
    void this.#patchStatus(pod, { nominatedNodeName: null }, cause);
  }

  /** Removes a pod so that a more important one fits; its condition says why it went. */
  async evict(victim: PodInfo, preemptor: Pod, node: string, cause: Cause | undefined): Promise<void> {
    const { client, events, clock, log } = this.#deps;
    const { pod } = victim;
    const condition = {
      type: "DisruptionTarget",
      status: "True",
      lastTransitionTime: formatTime(clock.now()),
      reason: "PreemptionByScheduler",
      message: `${preemptor.spec.schedulerName}: preempting to accommodate a higher priority pod`,
    };
    await this.#patchStatus(pod, { conditions: [condition] }, cause);
    try {
      await client.because(cause).delete(pods, parseKey(keyOf(pod)), { preconditions: { uid: victim.uid } });
    } catch (error) {
      if (!isNotFound(error)) log.warn("a pod could not be preempted", { pod: keyOf(pod), error });
      return;
    }
    const message = `Preempted by pod ${preemptor.metadata.uid} on node ${node}`;
    events.event(pods, pod, "Normal", "Preempted", message, { action: "Preempting" });
  }

  async #patchStatus(pod: Pod, status: Record<string, unknown>, cause: Cause | undefined): Promise<void> {
    const { client, log } = this.#deps;
    const body = { metadata: { uid: pod.metadata.uid }, status };
    try {
      await client
        .because(cause)
        .patch(pods, parseKey(keyOf(pod)), { type: "strategic", body }, { subresource: "status" });
    } catch (error) {
      if (!isNotFound(error)) log.warn("a pod's status could not be written", { pod: keyOf(pod), error });
    }
  }
}
