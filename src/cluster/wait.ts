import type { HttpClient } from "#base/http-client.ts";
import { answersOk, getJson } from "./api-access.ts";
import { UserError } from "./error.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { logFile } from "./processes.ts";
import { run } from "./shell.ts";

const pollMs = 10;
/** Everything else waits for the server. */
const serverPollMs = 4;

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly conditions?: readonly NodeCondition[] };
  }[];
}

interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly lastHeartbeatTime?: string;
}

export async function waitForServer(http: HttpClient, paths: ClusterPaths, timeoutMs: number): Promise<void> {
  const ready = await poll(timeoutMs, () => answersOk(http, "/readyz"), serverPollMs);
  if (!ready)
    throw new UserError(
      `the API server did not become ready within ${timeoutMs / 1000} s: see ${logFile(paths, "server")}`,
    );
}

/**
 * Waits until the nodes are Ready. Of one that was `started` just now (name to epoch milliseconds) only a word given since
 * counts: what the API server has from before may say Ready of a node that was switched off.
 */
export async function waitForNodes(
  http: HttpClient,
  nodes: readonly NodePlan[],
  paths: ClusterPaths,
  { timeoutMs, started }: { readonly timeoutMs: number; readonly started: ReadonlyMap<string, number> },
): Promise<void> {
  let late = nodes.map(node => node.name);
  await poll(timeoutMs, async () => {
    const ready = await readyNodes(http, started);
    late = nodes.map(node => node.name).filter(name => !ready.has(name));
    return late.length === 0;
  });
  if (late.length > 0)
    throw new UserError(
      `not Ready within ${timeoutMs / 1000} s: ${late.join(", ")}: see ${logFile(paths, `agent-${late[0]}`)}`,
    );
}

export async function readyNodes(
  http: HttpClient,
  started: ReadonlyMap<string, number> = new Map(),
): Promise<ReadonlySet<string>> {
  const list = await getJson<NodeList>(http, "/api/v1/nodes");
  const isReady = ({ metadata, status }: NodeList["items"][number]) =>
    status?.conditions?.some(
      each => each.type === "Ready" && each.status === "True" && isSaidSince(each, started.get(metadata.name)),
    );
  return new Set(list?.items.filter(isReady).map(node => node.metadata.name));
}

/** API objects keep times to the second. */
function isSaidSince({ lastHeartbeatTime }: NodeCondition, sinceMs: number | undefined): boolean {
  return sinceMs === undefined || Date.parse(lastHeartbeatTime ?? "") >= Math.floor(sinceMs / 1000) * 1000;
}

/** Asks each node's DNS for a name of the cluster, as a pod would. */
export async function waitForDns(
  { dnsServiceIp }: ClusterPlan,
  nodes: readonly NodePlan[],
  paths: ClusterPaths,
  timeoutMs: number,
): Promise<void> {
  const late = await Promise.all(
    nodes.map(async node => {
      const ask = [
        "nsenter",
        `--net=${paths.pins}/${node.name}.net`,
        "timeout",
        "1",
        "busybox",
        "nslookup",
        "-type=a",
        "kubernetes.default.svc.cluster.local",
        dnsServiceIp,
      ];
      const answered = await poll(timeoutMs, async () => (await run(ask)).exitCode === 0);
      return answered ? undefined : node.name;
    }),
  );
  const names = late.filter(name => name !== undefined);
  if (names.length > 0)
    throw new UserError(
      `cluster DNS does not answer on ${names.join(", ")}: see ${logFile(paths, `agent-${names[0]}`)}`,
    );
}

async function poll(timeoutMs: number, isDone: () => Promise<boolean>, everyMs = pollMs): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  do {
    if (await isDone()) return true;
    await new Promise(resolve => setTimeout(resolve, everyMs));
  } while (performance.now() < end);
  return false;
}
