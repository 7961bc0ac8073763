import type { Pod } from "#api/core/v1/pod.ts";
import type { Cause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type { Recorder, Span, Subject } from "#journey/span.ts";

export interface SpanDeps {
  readonly clock: Clock;
  readonly recorder: Recorder;
}

export function podSubject(pod: Pick<Pod, "metadata">): Subject {
  const { name = "", namespace = "", uid = "" } = pod.metadata;
  return { resource: "pods", namespace, name, uid };
}

/** Runs `step` and records it, with its error if it fails. */
export async function recorded<T>(
  deps: SpanDeps,
  span: Pick<Span, "name" | "node" | "cause" | "subject" | "decision">,
  step: () => Promise<T>,
): Promise<T> {
  const startMs = deps.clock.now();
  const from = deps.clock.monotonic();
  const record = (error?: string) =>
    deps.recorder.record({
      component: "kubelet",
      ...withoutCause(span),
      startMs,
      durationMs: deps.clock.monotonic() - from,
      ...(error === undefined ? {} : { error }),
    });
  try {
    const result = await step();
    record();
    return result;
  } catch (error) {
    record(messageOf(error));
    throw error;
  }
}

function withoutCause<T extends { readonly cause?: Cause }>(span: T): T {
  if (span.cause !== undefined) return span;
  const { cause: _, ...rest } = span;
  return rest as T;
}
