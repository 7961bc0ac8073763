import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { processPid } from "#cluster/processes.ts";
import { up } from "./bench-cluster.ts";
import { type Figure, figures, type Measured, record } from "./figures.ts";

/** One line of the generator's output; CPU times are of the server, which it knows as `api`. */
type Line = Readonly<Record<string, unknown>> & { readonly measure: string };

const creates: Readonly<Record<number, readonly [Figure, Figure]>> = {
  1: [figures.create1, figures.create1Cpu],
  16: [figures.create16, figures.create16Cpu],
  64: [figures.create64, figures.create64Cpu],
};

/** Drives the API server of a one-node cluster with the load generator; a fresh one for each kind of load. */
export async function measureLoad(measured: Measured, generator: string): Promise<void> {
  for (const line of await load(generator, "--only=create", "--concurrency=1,16,64")) {
    const [rate, cpu] = creates[number(line, "concurrency")]!;
    record(measured, rate, number(line, "per_second"));
    record(measured, cpu, (number(line, "cpu_s_api") / number(line, "count")) * 1e3);
  }
  for (const line of await load(generator, "--only=get", "--concurrency=64")) {
    record(measured, figures.get64, number(line, "per_second"));
    record(measured, figures.get64Cpu, (number(line, "cpu_s_api") / number(line, "count")) * 1e3);
  }
  const lists = await load(generator, "--only=list");
  const plain = lists.find(it => it["kind"] === "configmaps" && it["wire"] === "application/json")!;
  record(measured, figures.list, number(plain, "p50_ms"));
  for (const line of await load(generator, "--only=watch")) {
    record(measured, figures.watch, number(line, "deliveries_per_second"));
    record(measured, figures.watchCpu, number(line, "cpu_s_per_1000_deliveries_api") * 1e3);
  }
}

async function load(generator: string, ...options: string[]): Promise<readonly Line[]> {
  await using cluster = await up(1);
  const pid = await processPid(cluster.paths, "server");
  const { stdout } = await promisify(execFile)(generator, [
    `--kubeconfig=${cluster.paths.adminKubeconfig}`,
    `--pid=api=${pid}`,
    "--gzip=false",
    ...options,
  ]);
  const lines = stdout.trim().split("\n");
  return lines.map(line => JSON.parse(line) as Line);
}

function number(line: Line, key: string): number {
  const value = line[key];
  if (typeof value !== "number") throw new TypeError(`the load generator said no ${key}: ${JSON.stringify(line)}`);
  return value;
}
