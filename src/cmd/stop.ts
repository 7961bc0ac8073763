import type { Command } from "commander";
import { lockCluster } from "#cluster/lock.ts";
import { requireRecord } from "#cluster/record.ts";
import { stopCluster, stopControlPlane } from "#cluster/stop.ts";
import { examples, nameOption } from "./cluster-option.ts";

export function addStop(program: Command): void {
  program
    .command("stop")
    .description("stop a cluster, keeping its state; k8ts start brings it back")
    .addOption(nameOption())
    .option("--control-plane", "stop only the API server, scheduler and controllers: containers and Services go on")
    .addHelpText("after", examples("k8ts stop", "k8ts stop --control-plane && curl localhost:30599 && k8ts start"))
    .action((options: { name: string; controlPlane?: boolean }) => stop(options.name, options.controlPlane === true));
}

async function stop(name: string, isControlPlaneOnly: boolean): Promise<void> {
  await using _lock = await lockCluster(name);
  const record = await requireRecord(name);
  await (isControlPlaneOnly ? stopControlPlane(record) : stopCluster(record));
  const what = isControlPlaneOnly ? `The control plane of cluster "${name}"` : `Cluster "${name}"`;
  process.stdout.write(`${what} is stopped; k8ts start${name === "k8ts" ? "" : ` --name ${name}`} brings it back.\n`);
}
