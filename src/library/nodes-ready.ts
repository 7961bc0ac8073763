import { type Node, nodes } from "#api/core/v1/node.ts";
import type { Clock } from "#base/clock.ts";
import type { Client } from "#client/client.ts";

/** Far longer than any start: what takes longer will not come. */
const defaultLimitMs = 60_000;

/** Resolves when each of these nodes says that it is ready and takes pods; throws after `limitMs`. */
export async function waitForNodesReady(
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  names: readonly string[],
  limitMs = defaultLimitMs,
): Promise<void> {
  const missing = new Set(names);
  if (missing.size === 0) return;
  const done = new AbortController();
  const problem = () => new Error(`nodes that are not ready after ${limitMs / 1000} s: ${[...missing].join(", ")}`);
  using _limit = clock.schedule(limitMs, () => done.abort(problem()));
  try {
    for await (const event of client.watch(nodes, { sendInitialEvents: true, signal: done.signal })) {
      if (event.type === "BOOKMARK") continue;
      const name = event.object.metadata.name ?? "";
      if (event.type !== "DELETED" && takesPods(event.object)) missing.delete(name);
      else if (names.includes(name)) missing.add(name);
      if (missing.size === 0) return;
    }
    throw done.signal.aborted ? problem() : new Error("the watch of the nodes ended");
  } finally {
    done.abort();
  }
}

function takesPods({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
  return isReady && !(spec.taints ?? []).some(({ key }) => key === "node.kubernetes.io/not-ready");
}
