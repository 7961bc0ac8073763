import { Option } from "commander";
import { checkName, defaultConfig } from "#cluster/config.ts";

/** `--name`, the same for every command. */
export function nameOption(): Option {
  return new Option("--name <name>", "the cluster").default(defaultConfig.name).argParser(value => {
    checkName(value);
    return value;
  });
}

/** Examples below a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  ${line}`).join("\n")}`;
}
