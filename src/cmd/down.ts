import type { Command } from "commander";
import { lockCluster } from "#cluster/lock.ts";
import { readRecord } from "#cluster/record.ts";
import { deleteCluster } from "#cluster/stop.ts";
import { examples, nameOption } from "./cluster-option.ts";

export function addDown(program: Command): void {
  program
    .command("down")
    .description("remove a cluster with everything in it")
    .addOption(nameOption())
    .option("--quiet", "say nothing but errors")
    .addHelpText("after", examples("k8ts down", "k8ts down --name second"))
    .action((options: { name: string; quiet?: boolean }) => down(options.name, options.quiet === true));
}

/** Taking down what is not there is no error: the wish is fulfilled. */
async function down(name: string, isQuiet: boolean): Promise<void> {
  const began = performance.now();
  await using _lock = await lockCluster(name);
  const record = await readRecord(name);
  if (record !== undefined) await deleteCluster(record);
  if (isQuiet) return;
  const text =
    record === undefined
      ? `There is no cluster "${name}".`
      : `Cluster "${name}" is gone (${((performance.now() - began) / 1000).toFixed(2)} s).`;
  process.stdout.write(`${text}\n`);
}
