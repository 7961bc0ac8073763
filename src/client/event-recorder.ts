import { type Event, events } from "#api/core/v1/event.ts";
import { apiVersionOf, type KubernetesObject, type ResourceDefinition } from "#api/resource.ts";
import { ApiError, isNotFound } from "#api/status.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { type Random, randomInteger } from "#base/random.ts";
import type { Client } from "./client.ts";
import { type EventAction, EventCorrelator } from "./event-correlator.ts";
import type { EventRecorder } from "./events.ts";

export interface EventRecorderDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  /** `kubelet`, `deployment-controller`: stands in "From" of `kubectl describe`. */
  readonly component: string;
  readonly node?: string;
  readonly log?: Log;
}

/** Events waiting to be written; beyond this they are dropped, for nothing may wait for an Event. */
const waitingLimit = 1000;
const tries = 12;
const retryMs = 10_000;
/** After each write comes a rest of so many times what it took, and no more than the limit. */
const restFactor = 3;
const restLimitMs = 250;

/**
 * Never blocks and never throws: writes go on behind the caller, one after another. They give way to what Events tell of:
 * where all are busy, a write takes long, and so does the rest after it; otherwise both are some milliseconds.
 */
export function createEventRecorder(deps: EventRecorderDeps): EventRecorder {
  return new ApiEventRecorder(deps);
}

class ApiEventRecorder implements EventRecorder {
  readonly #deps: EventRecorderDeps;
  readonly #correlator = new EventCorrelator();
  readonly #waiting: Event[] = [];
  #draining = false;

  constructor(deps: EventRecorderDeps) {
    this.#deps = deps;
  }

  event(
    resource: ResourceDefinition,
    object: KubernetesObject,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    options?: { readonly action?: string; readonly fieldPath?: string },
  ): void {
    if (this.#waiting.length >= waitingLimit) return;
    this.#waiting.push(this.#make(resource, object, type, reason, message, options));
    if (!this.#draining) void this.#drain();
  }

  #make(
    resource: ResourceDefinition,
    object: KubernetesObject,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    options: { readonly action?: string; readonly fieldPath?: string } | undefined,
  ): Event {
    const { component, node, clock, random } = this.#deps;
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const now = formatTime(clock.now());
    return {
      metadata: { name: eventName(name ?? "", clock.now(), random), namespace: namespace || "default" },
      involvedObject: {
        kind: resource.kind,
        apiVersion: apiVersionOf(resource),
        name,
        ...(namespace && { namespace }),
        ...(uid && { uid }),
        ...(resourceVersion && { resourceVersion }),
        ...(options?.fieldPath && { fieldPath: options.fieldPath }),
      },
      reason,
      message: message.slice(0, 1024),
      source: { component, ...(node && { host: node }) },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      ...(options?.action && { action: options.action }),
      reportingComponent: component,
      reportingInstance: node ?? "",
    };
  }

  async #drain(): Promise<void> {
    const { clock } = this.#deps;
    this.#draining = true;
    try {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
        const began = clock.monotonic();
        await this.#write(this.#correlator.correlate(event, clock.now()));
        const restMs = Math.min(restFactor * (clock.monotonic() - began), restLimitMs);
        if (this.#waiting.length > 0 && restMs > 0) await clock.sleep(restMs);
      }
    } finally {
      this.#draining = false;
    }
  }

  async #write(action: EventAction): Promise<void> {
    for (let attempt = 0; attempt < tries && action.type !== "drop"; attempt++) {
      try {
        await this.#send(action);
        return;
      } catch (error) {
        // An answer is final (a namespace that ends, no permission); no answer is worth another try.
        if (error instanceof ApiError) {
          this.#deps.log?.debug("an event was refused", { reason: action.event.reason, error });
          return;
        }
        await this.#deps.clock.sleep(retryMs * (attempt === 0 ? this.#deps.random.float() : 1));
      }
    }
  }

  async #send(action: EventAction): Promise<void> {
    if (action.type === "drop") return;
    const { event } = action;
    if (action.type === "create") {
      await this.#deps.client.create(events, event);
      return;
    }
    const key = { namespace: event.metadata.namespace, name: event.metadata.name! };
    const body = { count: action.count, lastTimestamp: event.lastTimestamp, message: event.message };
    try {
      await this.#deps.client.patch(events, key, { type: "strategic", body });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // It expired meanwhile.
      await this.#deps.client.create(events, event);
    }
  }
}

/** The object's name and a hexadecimal time in nanoseconds, as `kubectl get events` shows it. */
function eventName(object: string, nowMs: number, random: Random): string {
  const micros = BigInt(Math.floor(nowMs * 1000));
  const nanos = micros * 1000n + BigInt(randomInteger(random, 1000));
  return `${object}.${nanos.toString(16)}`;
}
