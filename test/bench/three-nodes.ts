import { type BenchCluster, up } from "./bench-cluster.ts";
import { figures, type Measured, record } from "./figures.ts";
import { clusterProcesses, memoryMb, processorSeconds } from "./processes.ts";
import { createPod, PodWatch } from "./workloads.ts";

const podsAtOnce = 30;
const settleMs = 10_000;
const idleMs = 20_000;

/** Start, idleness, then thirty pods at once. */
export async function measureThreeNodes(measured: Measured): Promise<void> {
  await using cluster = await up(3);
  record(measured, figures.threeNodesReady, cluster.usableMs / 1000);
  await sleep(settleMs);
  const processes = await clusterProcesses(cluster.plan);
  record(measured, figures.memoryThreeNodes, await memoryMb(processes));
  const before = await processorSeconds(processes);
  await sleep(idleMs);
  const used = (await processorSeconds(processes)) - before;
  record(measured, figures.idleProcessor, (used / (idleMs / 1000)) * 100);
  record(measured, figures.thirtyPodsReady, (await thirtyPods(cluster)) / 1000);
}

async function thirtyPods({ client }: BenchCluster): Promise<number> {
  using watch = new PodWatch(client);
  const names = Array.from({ length: podsAtOnce }, (_, at) => `pod-${at}`);
  const began = performance.now();
  await Promise.all(names.map(name => createPod(client, name)));
  const readyAt = await Promise.all(names.map(name => watch.ready(name)));
  return Math.max(...readyAt) - began;
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
