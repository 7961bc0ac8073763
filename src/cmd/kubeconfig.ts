import type { Command } from "commander";
import { readAdminKubeconfig } from "#cluster/kubeconfig.ts";
import { requireRecord } from "#cluster/record.ts";
import { examples, nameOption } from "./cluster-option.ts";

export function addKubeconfig(program: Command): void {
  program
    .command("kubeconfig")
    .description("print the cluster's kubeconfig")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts kubeconfig > cluster.yaml", "kubectl --kubeconfig cluster.yaml get nodes"))
    .action(async (options: { name: string }) => {
      await requireRecord(options.name);
      process.stdout.write(await readAdminKubeconfig(options.name));
    });
}
