import { type Pod, pods } from "#api/core/v1/pod.ts";
import type { PodStatus } from "#api/core/v1/pod-status.ts";
import { isNotFound } from "#api/status.ts";
import { backoffMs } from "#base/backoff.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { type Client, revisionOf } from "#client/client.ts";
import { statusPatch } from "./status-patch.ts";

export interface StatusManagerDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
}

interface Entry {
  /** As the API has it. */
  pod: Pod;
  status: PodStatus | undefined;
  causes: Cause[];
  writing: Promise<void> | undefined;
}

const retry = { initialMs: 200, maximumMs: 10_000 };

/** Brings pods' statuses to the API server: one write at a time for a pod, always of the newest, only of what differs. */
export class StatusManager {
  readonly #deps: StatusManagerDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #stop: AbortSignal;

  constructor(deps: StatusManagerDeps, options: { signal: AbortSignal }) {
    this.#deps = deps;
    this.#stop = options.signal;
  }

  /** What the watch says; never older than what a write answered. */
  observe(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    const entry = this.#entries.get(uid);
    if (entry === undefined) this.#entries.set(uid, { pod, status: undefined, causes: [], writing: undefined });
    else if (revisionOf(pod) >= revisionOf(entry.pod)) entry.pod = pod;
  }

  /** The pod with the newest status that is known to be written. */
  pod(uid: string): Pod | undefined {
    return this.#entries.get(uid)?.pod;
  }

  /** Does not wait for the write. */
  set(uid: string, status: PodStatus, cause: Cause | undefined): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    entry.status = status;
    if (cause !== undefined) entry.causes.push(cause);
    entry.writing ??= this.#write(entry)
      .catch((error: unknown) => this.#deps.log.error("a pod's status cannot be worked out", { uid, error }))
      .finally(() => {
        entry.writing = undefined;
      });
  }

  /** Resolves when all that was set is written (or cannot be). */
  async flush(uid: string): Promise<void> {
    await this.#entries.get(uid)?.writing;
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
  }

  async #write(entry: Entry): Promise<void> {
    let failures = 0;
    while (entry.status !== undefined && !this.#stop.aborted) {
      const { status, causes } = entry;
      const patch = statusPatch(entry.pod, status);
      if (patch === undefined) {
        entry.causes = [];
        return;
      }
      try {
        const { name = "", namespace = "" } = entry.pod.metadata;
        const client = this.#deps.client.because(unionCauses(causes));
        const written = await client.patch(
          pods,
          { namespace, name },
          { type: "strategic", body: patch },
          { subresource: "status" },
        );
        if (revisionOf(written) >= revisionOf(entry.pod)) entry.pod = written;
        entry.causes = entry.causes.slice(causes.length);
        failures = 0;
        if (entry.status === status) return;
      } catch (error) {
        if (isNotFound(error) || this.#stop.aborted) return;
        this.#deps.log.warn("a pod's status cannot be written", { pod: entry.pod.metadata.name, error });
        if (!(await this.#pause(backoffMs(failures++, retry)))) return;
      }
    }
  }

  async #pause(ms: number): Promise<boolean> {
    try {
      await this.#deps.clock.sleep(ms, this.#stop);
      return true;
    } catch {
      return false;
    }
  }
}
