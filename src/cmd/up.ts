import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { serverUrl } from "#cluster/api-access.ts";
import { type ClusterConfig, checkName, defaultConfig, parseConfig } from "#cluster/config.ts";
import { UserError } from "#cluster/error.ts";
import { helloImage } from "#cluster/hello-image.ts";
import { contextName, userKubeconfigPath } from "#cluster/kubeconfig.ts";
import { lockCluster } from "#cluster/lock.ts";
import type { ClusterRecord } from "#cluster/plan.ts";
import type { Progress } from "#cluster/progress.ts";
import { readRecord } from "#cluster/record.ts";
import { ensureMachine, prepareCluster, startCluster } from "#cluster/start.ts";
import { examples } from "./cluster-option.ts";
import { type OutputForm, progressFor, startOptions } from "./launch.ts";

interface UpOptions {
  readonly name?: string;
  readonly config?: string;
  readonly quiet?: boolean;
  readonly output: "text" | "json";
}

export function addUp(program: Command): void {
  program
    .command("up")
    .description("make a cluster, or bring it back, and wait until it is usable")
    .option("--name <name>", `the cluster (default: the config file's, else "${defaultConfig.name}")`)
    .option("--config <file>", "what the cluster is to be: nodes, subnets, NodePort range, egress")
    .option("--quiet", "say nothing but errors")
    .addOption(new Option("--output <form>", "how to tell what was done").choices(["text", "json"]).default("text"))
    .addHelpText("after", examples("k8ts up", "k8ts up --config examples/three-nodes.yaml", "k8ts up --name second"))
    .action((options: UpOptions) => up(options));
}

async function up(options: UpOptions): Promise<void> {
  const form: OutputForm = options.quiet ? "quiet" : options.output;
  const progress = progressFor(form);
  const config = await readConfig(options);
  await ensureMachine(progress);
  await using _lock = await lockCluster(config.name);
  const existing = await readRecord(config.name);
  if (existing !== undefined) checkUnchanged(existing.config, config, options);
  const record = existing ?? (await prepareCluster(config, progress));
  await startCluster(record, startOptions(progress));
  if (form === "json") process.stdout.write(`${JSON.stringify(summary(record, progress))}\n`);
  if (form === "text") process.stdout.write(nextSteps(record, progress));
}

async function readConfig(options: UpOptions): Promise<ClusterConfig> {
  let config = defaultConfig;
  if (options.config !== undefined) {
    const text = await readFile(options.config, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`cannot read ${options.config}: ${error.code === "ENOENT" ? "no such file" : error.message}`);
    });
    config = parseConfig(text, options.config);
  }
  if (options.name === undefined) return config;
  checkName(options.name);
  return { ...config, name: options.name };
}

/** A cluster that exists keeps what it was made with: a config that says otherwise is told, not half obeyed. */
function checkUnchanged(existing: ClusterConfig, wanted: ClusterConfig, options: UpOptions): void {
  if (options.config === undefined || JSON.stringify(existing) === JSON.stringify(wanted)) return;
  throw new UserError(
    `cluster "${existing.name}" exists with another config than ${options.config}: take it down first (k8ts down --name ${existing.name}), or give another --name`,
  );
}

function summary({ config, plan }: ClusterRecord, progress: Progress) {
  return {
    cluster: config.name,
    context: contextName(config.name),
    kubeconfig: userKubeconfigPath(),
    server: serverUrl(plan),
    nodes: plan.nodes.map(({ name, address }) => ({ name, address })),
    steps: progress.steps,
    readyMs: progress.elapsedMs(),
  };
}

function nextSteps({ config, plan }: ClusterRecord, progress: Progress): string {
  const flag = config.name === defaultConfig.name ? "" : ` --name ${config.name}`;
  return `Cluster "${config.name}" is usable after ${(progress.elapsedMs() / 1000).toFixed(2)} s; kubectl's context is now "${contextName(config.name)}".

Try:
  kubectl create deployment hello --image=${helloImage} --replicas=3
  kubectl expose deployment hello --type=NodePort --port=80
  kubectl get nodes,pods,services -o wide
  curl ${plan.nodes[0]!.address}:$(kubectl get service hello -o jsonpath='{.spec.ports[0].nodePort}')
  k8ts trace deployment/hello${flag}      what happened, step by step
  k8ts down${flag}                        leaves nothing behind
`;
}
