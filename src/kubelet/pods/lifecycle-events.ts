import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { RuntimeService } from "#cri/services.ts";
import { label } from "./names.ts";
import { runtimeFingerprints } from "./runtime-reader.ts";

export interface LifecycleEventsDeps {
  readonly runtime: RuntimeService;
  readonly clock: Clock;
  readonly log: Log;
}

const relistWithEventsMs = 300_000;
const relistAloneMs = 1_000;

/**
 * Tells which pods' containers changed: by the runtime's own events, and by a comparison of lists every now and then
 * (every second while the runtime sends no events).
 */
export class LifecycleEvents {
  readonly #deps: LifecycleEventsDeps;
  readonly #changed: (podUid: string) => void;
  #prints: ReadonlyMap<string, string> = new Map();
  #streaming = false;
  /** When the lists were last read: what the node's Ready condition looks at. */
  lastRelistMs = 0;

  constructor(deps: LifecycleEventsDeps, options: { changed: (podUid: string) => void }) {
    this.#deps = deps;
    this.#changed = options.changed;
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#stream(signal), this.#relist(signal)]);
  }

  async #stream(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#streaming = true;
        for await (const event of this.#deps.runtime.getContainerEvents({}, { signal })) {
          const status = event.podSandboxStatus;
          const uid = status?.metadata?.uid ?? status?.labels?.[label.podUid];
          if (uid !== undefined) this.#changed(uid);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#deps.log.warn("the runtime sends no events; its lists are compared instead", { error });
      }
      this.#streaming = false;
      await this.#pause(relistAloneMs, signal);
    }
  }

  async #relist(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#compare(await runtimeFingerprints(this.#deps.runtime));
        this.lastRelistMs = this.#deps.clock.now();
      } catch (error) {
        if (!signal.aborted) this.#deps.log.warn("the runtime's containers cannot be listed", { error });
      }
      let waitedMs = 0;
      while (!signal.aborted && waitedMs < (this.#streaming ? relistWithEventsMs : relistAloneMs)) {
        await this.#pause(relistAloneMs, signal);
        waitedMs += relistAloneMs;
      }
    }
  }

  #compare(prints: ReadonlyMap<string, string>): void {
    const before = this.#prints;
    this.#prints = prints;
    for (const [uid, print] of prints) if (before.get(uid) !== print) this.#changed(uid);
    for (const uid of before.keys()) if (!prints.has(uid)) this.#changed(uid);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
