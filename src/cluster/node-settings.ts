import { labelValueErrors, qualifiedNameErrors } from "#wire/names.ts";
import type { TaintConfig } from "./config.ts";
import { UserError } from "./error.ts";

/** What a node may be called, labelled and tainted: the same rules for the config file and for `node add`. */

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;
const nameForm = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;
/** Folders and log names that stand beside the nodes' own. */
const reservedNames = ["server", "pin"];

/** True for names of clusters and nodes: they end up in paths, links and cgroups. */
export function isName(text: string): boolean {
  return nameForm.test(text);
}

/** What is wrong with a node's name; undefined: nothing. */
export function nodeNameProblem(name: string): string | undefined {
  if (!isName(name)) return `node name "${name}" must be up to 40 lower-case letters, digits and "-"`;
  return reservedNames.includes(name) ? `"${name}" is no name for a node: k8ts uses it itself` : undefined;
}

export function labelProblems(key: string, value: string): readonly string[] {
  return [
    ...qualifiedNameErrors(key).map(text => `label "${key}": ${text}`),
    ...labelValueErrors(value).map(text => `label "${key}" with value "${value}": ${text}`),
  ];
}

export function taintProblems({ key, value = "", effect }: TaintConfig): readonly string[] {
  return [
    ...(key === "" ? ["a taint needs a key"] : qualifiedNameErrors(key).map(text => `taint "${key}": ${text}`)),
    ...labelValueErrors(value).map(text => `taint "${key}" with value "${value}": ${text}`),
    ...(effects.includes(effect) ? [] : [`taint "${key}": its effect must be one of ${effects.join(", ")}`]),
  ];
}

/** `KEY=VALUE` as a command line says it. */
export function parseLabel(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 0) throw new UserError(`--label ${text}: say KEY=VALUE`);
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  refuse(`--label ${text}`, labelProblems(key, value));
  return [key, value];
}

/** `KEY=VALUE:EFFECT` or `KEY:EFFECT`, as `kubectl taint` has it. */
export function parseTaint(text: string): TaintConfig {
  const [pair = "", effect = ""] = splitLast(text, ":");
  const [key = "", value] = pair.split("=", 2);
  if (effect === "") throw new UserError(`--taint ${text}: say KEY=VALUE:EFFECT or KEY:EFFECT`);
  const taint = { key, ...(value && { value }), effect: effect as TaintConfig["effect"] };
  refuse(`--taint ${text}`, taintProblems(taint));
  return taint;
}

function splitLast(text: string, separator: string): readonly string[] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(problems.map(problem => `${what}: ${problem}`).join("\n"));
}
