import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { UserError } from "#cluster/error.ts";
import { clusterPaths } from "#cluster/paths.ts";
import { logFiles } from "#cluster/processes.ts";
import { agentName } from "#cluster/programs.ts";
import { requireRecord } from "#cluster/record.ts";
import { examples, nameOption } from "./cluster-option.ts";

export function addLogs(program: Command): void {
  program
    .command("logs <component>")
    .description('print what a component wrote: "server", or a node\'s name for its agent')
    .addOption(nameOption())
    .option("-f, --follow", "go on as more is written")
    .addHelpText("after", examples("k8ts logs server", "k8ts logs node-1 -f"))
    .action((component: string, options: { name: string; follow?: boolean }) =>
      logs(component, options.name, options.follow === true),
    );
}

async function logs(component: string, name: string, isFollowing: boolean): Promise<void> {
  const { plan } = await requireRecord(name);
  const known = ["server", ...plan.nodes.map(node => node.name)];
  if (!known.includes(component))
    throw new UserError(`there is no component "${component}": there are ${known.join(", ")}`);
  const [file, before] = logFiles(clusterPaths(name), component === "server" ? "server" : agentName(component));
  await access(file).catch(() => {
    throw new UserError(`${component} has written nothing yet (${file})`);
  });
  await printFile(before);
  // By name, so that it goes on when the log is begun anew.
  const tail = spawn("tail", ["-n", "+1", ...(isFollowing ? ["-F"] : []), file], {
    stdio: ["ignore", "inherit", "ignore"],
  });
  await new Promise(resolve => tail.once("exit", resolve));
}

/** Nothing when there is no such file: the log was never full. */
async function printFile(path: string): Promise<void> {
  const source = createReadStream(path);
  await pipeline(source, process.stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "EPIPE") throw error;
  });
}
