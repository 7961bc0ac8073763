import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type BenchCluster, up } from "./bench-cluster.ts";
import { figures, type Measured, quantile, record } from "./figures.ts";
import { clusterProcesses, memoryMb } from "./processes.ts";
import { createApp, createPod, deletePods, PodWatch } from "./workloads.ts";

const podsInARow = 30;
/** After this long the start is forgotten: garbage collected, timers at their long periods. */
const settleMs = 10_000;

/** Start, an app, pods one after another, end; then a fresh one left alone, for its memory. */
export async function measureOneNode(measured: Measured): Promise<void> {
  await using busy = await up(1);
  record(measured, figures.apiAnswers, busy.apiMs / 1000);
  record(measured, figures.oneNodeReady, busy.usableMs / 1000);
  record(measured, figures.appAnswers, (await untilAppAnswers(busy)) / 1000);
  const times = await podTimes(busy);
  record(measured, figures.podReadyP50, quantile(times, 0.5));
  record(measured, figures.podReadyP99, quantile(times, 0.99));
  record(measured, figures.down, (await busy.down()) / 1000);

  await using idle = await up(1);
  await new Promise(resolve => setTimeout(resolve, settleMs));
  record(measured, figures.memoryOneNode, await memoryMb(await clusterProcesses(idle.plan)));
}

/** From `up` on until an app that did not exist then answers a program inside the node. */
async function untilAppAnswers({ plan, paths, client, startedMs }: BenchCluster): Promise<number> {
  const program = join(import.meta.dirname, "ask-service.ts");
  const network = `--net=${join(paths.pins, `${plan.nodes[0]!.name}.net`)}`;
  const name = "hello.default.svc.cluster.local";
  const asking = spawn("nsenter", [network, process.execPath, program, name, plan.dnsServiceIp, "30"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await createApp(client, "hello");
  const [code] = await once(asking, "close");
  if (code !== 0) throw new Error("the app behind the Service does not answer");
  return performance.now() - startedMs;
}

async function podTimes({ client }: BenchCluster): Promise<readonly number[]> {
  using watch = new PodWatch(client);
  const times: number[] = [];
  for (let at = 0; at < podsInARow; at++) {
    const name = `pod-${at}`;
    const created = performance.now();
    await createPod(client, name);
    times.push((await watch.ready(name)) - created);
    await deletePods(client);
  }
  return times;
}
