import type { Argument, Command, Option } from "commander";

/** Where the names come from that only this machine knows. */
export interface CompletionSources {
  clusters(): Promise<readonly string[]>;
  /** Empty when there is no such cluster. */
  nodes(cluster: string): Promise<readonly string[]>;
}

/** Asks the shell for its own completion of files. */
export const files = ":files";

/**
 * What may stand where the last of `words` stands (which may be begun, or empty): read off the commands themselves, so
 * that completion knows each command and option that there is.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  sources: CompletionSources,
): Promise<readonly string[]> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const { command, operands, pending } = walk(program, before);
  const cluster = valueAfter(before, "--name") ?? "k8ts";
  const candidates = await (pending !== undefined
    ? optionValues(pending, sources)
    : current.startsWith("-")
      ? optionNames(command)
      : operandValues(command, operands, cluster, sources));
  return candidates.filter(each => each === files || each.startsWith(current));
}

interface Position {
  readonly command: Command;
  /** How many arguments of the command stand already. */
  readonly operands: number;
  /** The option whose value comes next. */
  readonly pending?: Option;
}

function walk(program: Command, words: readonly string[]): Position {
  let command = program;
  let operands = 0;
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (word.startsWith("-"))
      pending = command.options.find(option => [option.short, option.long].includes(word) && option.required);
    else {
      const next = command.commands.find(each => each.name() === word);
      if (next === undefined) operands++;
      else command = next;
    }
  }
  return { command, operands, ...(pending && { pending }) };
}

function valueAfter(words: readonly string[], option: string): string | undefined {
  const at = words.lastIndexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

async function optionValues(option: Option, sources: CompletionSources): Promise<readonly string[]> {
  if (option.argChoices) return option.argChoices;
  if (option.long === "--name") return sources.clusters();
  return /<file>/.test(option.flags) ? [files] : [];
}

function optionNames(command: Command): readonly string[] {
  return [...command.options.filter(option => !option.hidden).map(option => option.long ?? option.short!), "--help"];
}

async function operandValues(
  command: Command,
  operands: number,
  cluster: string,
  sources: CompletionSources,
): Promise<readonly string[]> {
  if (command.commands.length > 0)
    return command
      .createHelp()
      .visibleCommands(command)
      .map(each => each.name());
  const all = command.registeredArguments;
  const argument = all[operands] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  return argument === undefined ? [] : argumentValues(command, argument, cluster, sources);
}

async function argumentValues(
  command: Command,
  argument: Argument,
  cluster: string,
  sources: CompletionSources,
): Promise<readonly string[]> {
  if (argument.argChoices) return argument.argChoices;
  if (argument.name() === "file") return [files];
  if (argument.name() === "component") return ["server", ...(await sources.nodes(cluster))];
  // A node that is to be added has a name that no other has.
  if (argument.name() === "node" && command.name() !== "add") return sources.nodes(cluster);
  return [];
}
