import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { Controller } from "#client/controller.ts";
import { runControllers } from "#client/controller-manager.ts";
import { noRecorder, type Recorder } from "#journey/span.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { MemoryApi } from "./memory-api.ts";

export interface ControllersFixture extends AsyncDisposable {
  readonly api: MemoryApi;
  readonly clock: VirtualClock;
  /** Lets the controllers come to rest, and `ms` pass. */
  settle(ms?: number): Promise<void>;
}

/** Controllers that run against an API in memory, on virtual time. */
export async function runFixture(
  controllers: readonly Controller[],
  options: { readonly gracefulPods?: boolean; readonly recorder?: Recorder; readonly watchLagMs?: number } = {},
): Promise<ControllersFixture> {
  const clock = new VirtualClock(Date.parse("2026-11-21T12:00:00Z"));
  const api = new MemoryApi(clock, options);
  const abort = new AbortController();
  const recorder = options.recorder ?? noRecorder;
  const client = options.watchLagMs === undefined ? api.client : lagging(api.client, clock, options.watchLagMs);
  const deps = { client, clock, random: seededRandom(7), log: silentLog, recorder };
  const running = runControllers(controllers, deps, abort.signal);
  const settle = async (ms = 0) => {
    // Chains through several controllers are longer than one settling of the clock allows for.
    for (let turn = 0; turn < 5; turn++) await clock.advance(turn === 0 ? ms : 0);
  };
  await settle();
  return {
    api,
    clock,
    settle,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await settle();
      await running;
    },
  };
}

/** The same client; every watch event comes this much later. */
function lagging(client: Client, clock: VirtualClock, lagMs: number): Client {
  return {
    ...client,
    because: () => lagging(client, clock, lagMs),
    async *watch(resource, options) {
      for await (const event of client.watch(resource, options)) {
        await clock.sleep(lagMs, options.signal);
        yield event;
      }
    },
  };
}
