import { Command, CommanderError } from "commander";
import { UserError } from "#cluster/error.ts";

/** Each command lives in its own file and is loaded when it is asked for. */
async function main(): Promise<void> {
  const program = new Command("k8ts")
    .description("A complete Kubernetes, from one command.")
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();
  const { commands } = await import("./commands.ts");
  for (const add of commands) add(program);
  await program.parseAsync();
}

/** A wrong command line is told in one line, as everything else that is wrong. */
function oneLine(text: string): string {
  const said = text
    .trim()
    .replace(/^error: /, "")
    .replaceAll("\n", " ");
  return `k8ts: ${said}: --help shows what there is\n`;
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
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
