import type { KubernetesObject } from "#api/resource.ts";
import { backoffMs } from "#base/backoff.ts";
import type { Clock } from "#base/clock.ts";
import type { Informer } from "#client/informer.ts";
import { latestOnly } from "./latest-only.ts";

const retry = { initialMs: 100, maximumMs: 10_000 };

export interface Step {
  sync(): Promise<void>;
  failed(error: unknown): void;
  /** How soon to look again though no object changed; undefined: no need. */
  againMs?(): number | undefined;
}

/**
 * Runs `sync` once all objects are known, and once after any number of changes to them. What fails is handed to
 * `failed` and tried again, ever more slowly.
 */
export async function keepInStep<T extends KubernetesObject>(
  informer: Informer<T>,
  step: Step,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const work = latestOnly(clock, signal);
  const removeHandler = informer.addHandler(() => work.poke());
  let failures = 0;
  try {
    await informer.waitForSync(signal);
    for await (const _ of work) {
      try {
        await step.sync();
        failures = 0;
        const againMs = step.againMs?.();
        if (againMs !== undefined) work.pokeAfter(againMs);
      } catch (error) {
        step.failed(error);
        work.pokeAfter(backoffMs(failures++, retry));
      }
    }
  } finally {
    removeHandler();
  }
}
