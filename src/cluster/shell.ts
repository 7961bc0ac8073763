import { spawn } from "node:child_process";
import { UserError } from "./error.ts";

export interface ShellResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. A nonzero exit is a result, not an error. */
export function run(
  argv: readonly string[],
  options: { input?: string; environment?: Record<string, string> } = {},
): Promise<ShellResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.environment },
    });
    let stdout = "";
    let stderr = "";
    child.stdout!.setEncoding("utf8").on("data", text => {
      stdout += text;
    });
    child.stderr!.setEncoding("utf8").on("data", text => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ exitCode: code ?? (signal === null ? 1 : 128), stdout, stderr }));
    child.stdin?.on("error", () => undefined); // The command ended without reading: its exit code says why.
    child.stdin?.end(options.input);
  });
}

/**
 * Runs a script of ours with `set -e`; a failure is a UserError with the script's last words. It ends with this process:
 * the next command must not meet a script that still works for one that was killed.
 */
export async function script(what: string, text: string, environment: Record<string, string> = {}): Promise<string> {
  const result = await run(["setpriv", "--pdeathsig", "KILL", "/bin/sh", "-eu"], { input: text, environment });
  if (result.exitCode !== 0) {
    const last = result.stderr.trim().split("\n").at(-1) ?? "";
    throw new UserError(`${what} failed: ${last || `exit code ${result.exitCode}`}`);
  }
  return result.stdout;
}

/** A single word for sh. */
export function word(text: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
