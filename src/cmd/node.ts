import type { Command } from "commander";
import { isCgroupV2 } from "#cluster/cgroups.ts";
import { UserError } from "#cluster/error.ts";
import { lockCluster } from "#cluster/lock.ts";
import { clusterPaths } from "#cluster/paths.ts";
import type { ClusterRecord, NodePlan } from "#cluster/plan.ts";
import { startProcess } from "#cluster/processes.ts";
import { agentProcess } from "#cluster/programs.ts";
import { requireRecord } from "#cluster/record.ts";
import { stopNode } from "#cluster/stop.ts";
import { examples, nameOption } from "./cluster-option.ts";
import { programs } from "./launch.ts";

export function addNode(program: Command): void {
  const node = program.command("node").description("stop and start single nodes");
  node
    .command("stop <node>")
    .description("stop a node as if it lost its power: its agent and its containers")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts node stop node-2"))
    .action(async (name: string, options: { name: string }) => {
      await using _lock = await lockCluster(options.name);
      const record = await requireRecord(options.name);
      requireNode(record, name);
      await stopNode(record, name);
      process.stdout.write(`Node "${name}" is stopped.\n`);
    });
  node
    .command("start <node>")
    .description("start a node that was stopped")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts node start node-2"))
    .action(async (name: string, options: { name: string }) => {
      await using _lock = await lockCluster(options.name);
      const record = await requireRecord(options.name);
      const paths = clusterPaths(options.name);
      await startProcess(
        paths,
        await agentProcess(record, requireNode(record, name), paths, programs()),
        await isCgroupV2(),
      );
      process.stdout.write(`Node "${name}" is started.\n`);
    });
}

function requireNode(record: ClusterRecord, name: string): NodePlan {
  const node = record.plan.nodes.find(each => each.name === name);
  if (node !== undefined) return node;
  throw new UserError(
    `cluster "${record.config.name}" has no node "${name}": it has ${record.plan.nodes.map(each => each.name).join(", ")}`,
  );
}
