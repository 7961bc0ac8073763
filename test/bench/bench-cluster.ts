import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "#base/host/system-clock.ts";
import type { Client } from "#client/client.ts";
import { createClient } from "#client/create-client.ts";
import { connectAsAdmin } from "#cluster/api-access.ts";
import { type ClusterPaths, clusterPaths } from "#cluster/paths.ts";
import type { ClusterPlan } from "#cluster/plan.ts";
import { requireRecord } from "#cluster/record.ts";

const launcher = join(import.meta.dirname, "../../k8ts");
const name = `bench-${process.pid}`;

/** A cluster made by `./k8ts up`, as a user makes it. */
export interface BenchCluster extends AsyncDisposable {
  readonly plan: ClusterPlan;
  readonly paths: ClusterPaths;
  readonly client: Client;
  /** `performance.now()` when `up` was typed. */
  readonly startedMs: number;
  /** From then on until `up` said that the API answers, and until it ended: nodes Ready and DNS answering. */
  readonly apiMs: number;
  readonly usableMs: number;
  /** Takes it down; resolves with how long that took. Disposal does the same for one that still stands. */
  down(): Promise<number>;
}

export async function up(nodes: number): Promise<BenchCluster> {
  const folder = await mkdtemp(join(tmpdir(), "k8ts-bench-"));
  const environment = { ...process.env, KUBECONFIG: join(folder, "kubeconfig") };
  const config = join(folder, "cluster.yaml");
  await writeFile(config, clusterConfig(nodes));
  const k8ts = (...words: string[]) =>
    spawn(launcher, [...words, "--name", name], { stdio: ["ignore", "pipe", "inherit"], env: environment });

  const startedMs = performance.now();
  const child = k8ts("up", "--config", config);
  let apiMs = Number.NaN;
  createInterface({ input: child.stdout! }).on("line", line => {
    if (line.includes("API server")) apiMs = performance.now() - startedMs;
  });
  await succeeded(child, "up");
  const usableMs = performance.now() - startedMs;

  const { plan } = await requireRecord(name);
  const paths = clusterPaths(name);
  const http = await connectAsAdmin(plan, paths);
  let stands = true;
  const down = async () => {
    stands = false;
    await http[Symbol.asyncDispose]();
    const began = performance.now();
    await succeeded(k8ts("down"), "down");
    const took = performance.now() - began;
    await rm(folder, { recursive: true });
    return took;
  };
  return {
    ...{ plan, paths, startedMs, apiMs, usableMs },
    client: createClient({ http, clock: systemClock(), userAgent: "k8ts-bench", encoding: "json" }),
    down,
    async [Symbol.asyncDispose]() {
      if (stands) await down();
    },
  };
}

/** No way out of the cluster: nothing here needs one, and the machine's own network is not touched. */
function clusterConfig(nodes: number): string {
  const list = Array.from({ length: nodes }, (_, at) => `  - name: node-${at + 1}`);
  return ["egress: none", "nodes:", ...list, ""].join("\n");
}

async function succeeded(child: ChildProcess, what: string): Promise<void> {
  child.stdout?.resume();
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`k8ts ${what} failed with exit code ${code}`);
}
