import type { Command } from "commander";
import { lockCluster } from "#cluster/lock.ts";
import { parseLabel, parseTaint } from "#cluster/node-settings.ts";
import { addNode as addToCluster, removeNode, startNode } from "#cluster/nodes.ts";
import { requireNode } from "#cluster/plan.ts";
import { requireRecord } from "#cluster/record.ts";
import { stopNode } from "#cluster/stop.ts";
import { examples, nameOption } from "./cluster-option.ts";
import { programs, progressFor } from "./launch.ts";

export function addNode(program: Command): void {
  const node = program
    .command("node")
    .description("add, stop, start and remove single nodes")
    .addHelpText("after", examples("k8ts node add node-4", "k8ts node stop node-2", "k8ts node rm node-4"));
  node
    .command("add <node>")
    .description("add a node to a running cluster, and wait until it is Ready")
    .addOption(nameOption())
    .option("--label <key=value>", "a label of the node; may be repeated", collect, [])
    .option("--taint <key=value:effect>", "a taint of the node; may be repeated", collect, [])
    .addHelpText(
      "after",
      examples("k8ts node add node-4", "k8ts node add db-1 --label disk=ssd --taint dedicated=db:NoSchedule"),
    )
    .action((name: string, options: AddOptions) => add(name, options));
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
      await startNode(await requireRecord(options.name), name, programs());
      process.stdout.write(`Node "${name}" is started.\n`);
    });
  node
    .command("rm <node>")
    .description("remove a node for good; kubectl drain moves its pods away beforehand")
    .addOption(nameOption())
    .addHelpText("after", examples("kubectl drain node-4 --ignore-daemonsets && k8ts node rm node-4"))
    .action(async (name: string, options: { name: string }) => {
      await using _lock = await lockCluster(options.name);
      await removeNode(await requireRecord(options.name), name);
      process.stdout.write(`Node "${name}" is gone.\n`);
    });
}

interface AddOptions {
  readonly name: string;
  readonly label: readonly string[];
  readonly taint: readonly string[];
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

async function add(name: string, options: AddOptions): Promise<void> {
  const settings = {
    name,
    role: "worker",
    labels: Object.fromEntries(options.label.map(parseLabel)),
    taints: options.taint.map(parseTaint),
  } as const;
  const progress = progressFor("text");
  await using _lock = await lockCluster(options.name);
  const node = await addToCluster(await requireRecord(options.name), settings, { programs: programs(), progress });
  progress.note(`Node "${name}" (${node.address}) is Ready after ${(progress.elapsedMs() / 1000).toFixed(2)} s.`);
}
