import type { Command } from "commander";
import { clusterNames, readRecord } from "#cluster/record.ts";
import { clusterStatus } from "#cluster/status.ts";
import { examples } from "./cluster-option.ts";

export function addLs(program: Command): void {
  program
    .command("ls")
    .description("list the clusters of this machine")
    .addHelpText("after", examples("k8ts ls"))
    .action(async () => {
      const rows = [["NAME", "CONTROL PLANE", "NODES", "SERVER"]];
      for (const name of await clusterNames()) {
        const record = await readRecord(name);
        if (record === undefined) continue; // Taken down meanwhile.
        const status = await clusterStatus(record);
        rows.push([name, status.controlPlane, String(status.nodes.length), status.server]);
      }
      const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
      for (const row of rows)
        process.stdout.write(
          `${row
            .map((cell, column) => cell.padEnd(widths[column]!))
            .join("   ")
            .trimEnd()}\n`,
        );
    });
}
