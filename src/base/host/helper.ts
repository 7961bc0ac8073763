import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Helper, HelperError, type HelperResult, type HelperRunOptions } from "../helper.ts";
import type { Log } from "../log.ts";

export interface HelperProcessOptions {
  /** A folder of its own on tmpfs, made 0700: inputs and outputs of the commands in flight. */
  readonly folder: string;
  /** Put before the loop, to run it elsewhere: `["nsenter", "--net=...", "--mount=..."]`. */
  readonly enter?: readonly string[];
  readonly log: Log;
}

/** Quotes one word for sh: nothing inside has a meaning to it. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The loop that runs commands: a line in is "ID quoted command"; a line out is "ID exit-code". It reads
 * nothing but what {@link commandLine} built. Each command is its own background job, so many run at once.
 */
const loop = `newline='
'
cd "$1" || exit 1
while IFS= read -r l; do eval "( \${l#* } ) >o.\${l%% *} 2>e.\${l%% *}; echo \${l%% *} \\$?" & done
wait`;

const defaultTimeoutMs = 120_000;
const defaultOutputBytes = 1024 * 1024;

/** Starts a dash loop (1.7 MB) that runs commands for this process; a loop that dies is started anew. */
export async function startHelper(options: HelperProcessOptions): Promise<Helper> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  return new ShellHelper(options);
}

interface InFlight {
  readonly finish: (exitCode: number) => void;
  readonly fail: (error: Error) => void;
}

class ShellHelper implements Helper {
  readonly #options: HelperProcessOptions;
  readonly #inFlight = new Map<string, InFlight>();
  #child: ChildProcess | undefined;
  #count = 0;
  #closed = false;

  constructor(options: HelperProcessOptions) {
    this.#options = options;
    this.#start();
  }

  async run(argv: readonly string[], options: HelperRunOptions = {}): Promise<HelperResult> {
    if (this.#closed) throw new HelperError("the helper is closed");
    options.signal?.throwIfAborted();
    const id = `${++this.#count}`;
    const file = (kind: string) => join(this.#options.folder, `${kind}.${id}`);
    if (options.input !== undefined) await writeFile(file("i"), options.input, { mode: 0o600 });
    try {
      const exitCode = await this.#execute(id, commandLine(id, argv, options), options);
      const limit = options.stdoutLimitBytes ?? defaultOutputBytes;
      const [stdout, stderr] = await Promise.all([readStart(file("o"), limit), readStart(file("e"), limit)]);
      return { exitCode, stdout, stderr };
    } finally {
      for (const kind of options.input === undefined ? ["o", "e"] : ["i", "o", "e"])
        void rm(file(kind), { force: true }).catch(() => undefined);
    }
  }

  #execute(id: string, line: string, options: HelperRunOptions): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      // timeout(1) ends the command itself; this one only speaks when even that did not come back.
      const timer = setTimeout(() => fail(new HelperError(`no answer within ${timeoutMs} ms`)), timeoutMs + 5_000);
      const aborted = () => fail(options.signal!.reason as Error);
      const settle = () => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", aborted);
        this.#inFlight.delete(id);
      };
      options.signal?.addEventListener("abort", aborted, { once: true });
      this.#inFlight.set(id, {
        finish: exitCode => {
          settle();
          resolve(exitCode);
        },
        fail,
      });
      if (this.#child === undefined) this.#start();
      this.#child!.stdin!.write(`${line}\n`);
    });
  }

  #start(): void {
    const { enter = [], folder, log } = this.#options;
    const [command, ...rest] = [...enter, "/bin/sh", "-c", loop, "k8ts-helper", folder];
    const child = spawn(command!, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    child.unref();
    let pending = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (pending + text).split("\n");
      pending = lines.pop()!;
      for (const line of lines) {
        const [id, exitCode] = line.split(" ");
        this.#inFlight.get(id!)?.finish(Number(exitCode));
      }
    });
    const ended = (reason: string) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      const failed = [...this.#inFlight.values()];
      if (!this.#closed)
        log.warn("helper ended, it is started anew with the next command", { reason, failed: failed.length });
      for (const each of failed) each.fail(new HelperError(`the helper ended (${reason})`));
    };
    child.stdin!.on("error", error => ended(error.message));
    child.on("error", error => ended(error.message));
    child.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>(resolve => {
      // Kept alive until the loop has ended: whoever closes it waits for that, and may have nothing else to wait for.
      child.ref();
      const late = setTimeout(() => child.kill("SIGKILL"), 2_000);
      child.once("exit", () => {
        clearTimeout(late);
        resolve();
      });
      child.stdin!.end();
    });
  }
}

/** One line for the loop. Newlines cannot stand in it: the loop has them in a variable. */
export function commandLine(id: string, argv: readonly string[], options: HelperRunOptions): string {
  const words = argv.map(quoteLineWord);
  const assignments = Object.entries(options.environment ?? {}).map(([name, value]) =>
    quoteLineWord(`${name}=${value}`),
  );
  // timeout(1) costs a fork of its own, so only who asks for a limit pays for it.
  const limit = options.timeoutMs === undefined ? [] : ["timeout", "-k", "1", (options.timeoutMs / 1000).toFixed(3)];
  const timed = [...limit, ...(assignments.length > 0 ? ["env", ...assignments] : []), ...words];
  const input = options.input === undefined ? "/dev/null" : `"$PWD/i.${id}"`;
  const redirected = options.cwd === undefined ? `<${input}` : `<${input}; cd ${quoteLineWord(options.cwd)} && exec`;
  return options.cwd === undefined
    ? `${id} exec ${timed.join(" ")} ${redirected}`
    : `${id} exec ${redirected} ${timed.join(" ")}`;
}

/** A word whose newlines are taken from the loop's variable, because the loop reads one line a command. */
function quoteLineWord(word: string): string {
  return word.split("\n").map(quoteWord).join('"$newline"');
}

async function readStart(path: string, limitBytes: number): Promise<string> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path);
  } catch {
    return "";
  }
  try {
    const { size } = await handle.stat();
    if (size === 0) return "";
    const buffer = Buffer.allocUnsafe(Math.min(size, limitBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
