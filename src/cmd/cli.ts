import { Command, CommanderError } from "commander";
import { kubernetesVersion, version } from "#base/version.ts";
import { UserError } from "#cluster/error.ts";
import { examples } from "./cluster-option.ts";
import { addCommands } from "./commands.ts";

const wrongCommandLine = 2;
const exitCodes = `
Exit codes:
  0   it is done
  1   it could not be done; a line says why, and what to do
  ${wrongCommandLine}   the command line is wrong
  70  a bug in k8ts`;

async function main(): Promise<void> {
  const program = new Command("k8ts")
    .description("A complete Kubernetes, from one command.")
    .version(`k8ts ${version} (Kubernetes ${kubernetesVersion()})`, "--version", "print the version")
    .addHelpText("after", examples("k8ts up", "k8ts status", "k8ts node add --help", "k8ts down"))
    .addHelpText("after", exitCodes)
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();
  await addCommands(program, process.argv[2]);
  await program.parseAsync();
}

/** A wrong command line is told in one line, as everything else that is wrong. */
function oneLine(text: string): string {
  const said = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\.$/, "")
    .replaceAll("\n", " ");
  return `k8ts: ${said}: --help shows what there is\n`;
}

/** Who reads the output may go before its end (`k8ts status | head -1`): what was asked for is done all the same. */
function outliveReaders(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`k8ts: the output could not be written: ${error.message}\n`);
    process.exitCode = 1;
  });
  process.stderr.on("error", () => {}); // Nobody is left to be told.
}

outliveReaders();
main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : wrongCommandLine;
    return;
  }
  if (error instanceof UserError) {
    for (const line of error.message.split("\n")) process.stderr.write(`k8ts: ${line}\n`);
    process.exitCode = error.exitCode;
    return;
  }
  process.stderr.write(
    `k8ts: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 70;
});
