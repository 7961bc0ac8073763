import { type Command, Option } from "commander";
import { requireRecord } from "#cluster/record.ts";
import { type ClusterStatus, clusterStatus } from "#cluster/status.ts";
import { examples, nameOption } from "./cluster-option.ts";

export function addStatus(program: Command): void {
  program
    .command("status")
    .description("show what of a cluster runs")
    .addOption(nameOption())
    .addOption(new Option("--output <form>").choices(["text", "json"]).default("text"))
    .addHelpText("after", examples("k8ts status", "k8ts status --output json"))
    .action(async (options: { name: string; output: string }) => {
      const status = await clusterStatus(await requireRecord(options.name));
      process.stdout.write(options.output === "json" ? `${JSON.stringify(status)}\n` : describe(status));
    });
}

function describe(status: ClusterStatus): string {
  const lines = [`cluster        ${status.name}`, `control plane  ${status.controlPlane}  ${status.server}`];
  for (const node of status.nodes) {
    const ready = node.ready === undefined ? "" : node.ready ? "  Ready" : "  NotReady";
    lines.push(`node           ${node.name}  ${node.address}  agent ${node.agent}${ready}`);
  }
  if (status.pods !== undefined) lines.push(`pods           ${status.pods.running} of ${status.pods.total} running`);
  for (const port of status.portsNotOnLocalhost ?? [])
    lines.push(`localhost      port ${port} is another's: use ${status.nodes[0]?.address}:${port}`);
  return `${lines.join("\n")}\n`;
}
