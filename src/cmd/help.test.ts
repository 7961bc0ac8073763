import { Command } from "commander";
import { expect, test } from "vitest";
import { addCommands } from "./commands.ts";

const program = new Command("k8ts");
await addCommands(program, undefined);

function visible(command: Command): readonly Command[] {
  const own = command
    .createHelp()
    .visibleCommands(command)
    .filter(each => each.name() !== "help");
  return own.flatMap(each => [each, ...visible(each)]);
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

function helpOf(command: Command): string {
  let text = "";
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut }).outputHelp();
  return text;
}

test.each(visible(program).map(command => [pathOf(command), command] as const))(
  "%s --help shows examples",
  (path, command) => {
    expect(helpOf(command)).toMatch(new RegExp(`Examples:\n(.*\n)*? *.*${path}`));
  },
);
