import type { Command } from "commander";
import { lockCluster } from "#cluster/lock.ts";
import { parseLabel, parseTaint } from "#cluster/node-settings.ts";
import { addNode as addToCluster, removeNode, startNode } from "#cluster/nodes.ts";
import { requireNode } from "#cluster/plan.ts";
import { requireRecord } from "#cluster/record.ts";
import { stopNode } from "#cluster/stop.ts";
import { examples, nameOption } from "./cluster-option.ts";
import { programs, progressFor } from "./launch.ts";

interface NameOption {
  readonly name: string;
}

interface AddOptions extends NameOption {
  readonly label: readonly string[];
  readonly taint: readonly string[];
}

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
    .action((node: string, options: AddOptions) => add(node, options));
  node
    .command("stop <node>")
    .description("stop a node as if it lost its power: its agent and its containers")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts node stop node-2"))
    .action((node: string, options: NameOption) => stop(node, options.name));
  node
    .command("start <node>")
    .description("start a node that was stopped")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts node start node-2"))
    .action((node: string, options: NameOption) => start(node, options.name));
  node
    .command("rm <node>")
    .description("remove a node for good; kubectl drain moves its pods away beforehand")
    .addOption(nameOption())
    .addHelpText("after", examples("kubectl drain node-4 --ignore-daemonsets && k8ts node rm node-4"))
    .action((node: string, options: NameOption) => remove(node, options.name));
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

async function stop(node: string, cluster: string): Promise<void> {
  await using _lock = await lockCluster(cluster);
  const record = await requireRecord(cluster);
  requireNode(record, node);
  await stopNode(record, node);
  process.stdout.write(`Node "${node}" is stopped.\n`);
}

async function start(node: string, cluster: string): Promise<void> {
  await using _lock = await lockCluster(cluster);
  await startNode(await requireRecord(cluster), node, programs());
  process.stdout.write(`Node "${node}" is started.\n`);
}

async function remove(node: string, cluster: string): Promise<void> {
  await using _lock = await lockCluster(cluster);
  await removeNode(await requireRecord(cluster), node);
  process.stdout.write(`Node "${node}" is gone.\n`);
}
