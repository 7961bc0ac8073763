import type { Command } from "commander";
import { lockCluster } from "#cluster/lock.ts";
import { requireRecord } from "#cluster/record.ts";
import { ensureMachine, startCluster } from "#cluster/start.ts";
import { examples, nameOption } from "./cluster-option.ts";
import { progressFor, startOptions } from "./launch.ts";

export function addStart(program: Command): void {
  program
    .command("start")
    .description("start what was stopped of a cluster, with its nodes, addresses and objects as they were")
    .addOption(nameOption())
    .option("--quiet", "say nothing but errors")
    .addHelpText("after", examples("k8ts start", "k8ts stop && k8ts start"))
    .action((options: { name: string; quiet?: boolean }) => start(options.name, options.quiet === true));
}

async function start(name: string, isQuiet: boolean): Promise<void> {
  const progress = progressFor(isQuiet ? "quiet" : "text");
  await using _lock = await lockCluster(name);
  const record = await requireRecord(name);
  await ensureMachine(progress);
  await startCluster(record, startOptions(progress));
  progress.note(`Cluster "${name}" is usable after ${(progress.elapsedMs() / 1000).toFixed(2)} s.`);
}
