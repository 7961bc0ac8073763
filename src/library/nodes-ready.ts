import { type Node, nodes } from "#api/core/v1/node.ts";
import type { Client } from "#client/client.ts";

/** Resolves when each of these nodes says that it is ready and takes pods. */
export async function waitForNodesReady(client: Client, names: readonly string[]): Promise<void> {
  const missing = new Set(names);
  if (missing.size === 0) return;
  const done = new AbortController();
  try {
    for await (const event of client.watch(nodes, { sendInitialEvents: true, signal: done.signal })) {
      if (event.type === "BOOKMARK") continue;
      const name = event.object.metadata.name ?? "";
      if (event.type !== "DELETED" && takesPods(event.object)) missing.delete(name);
      else if (names.includes(name)) missing.add(name);
      if (missing.size === 0) return;
    }
    throw new Error(`the watch ended before these nodes were ready: ${[...missing].join(", ")}`);
  } finally {
    done.abort();
  }
}

function takesPods({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
  return isReady && !(spec.taints ?? []).some(({ key }) => key === "node.kubernetes.io/not-ready");
}
