import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readSync, unlinkSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Helper, HelperError, type HelperResult, type HelperRunOptions } from "../helper.ts";
import type { Log } from "../log.ts";
import { processesWhoseCommand, signalDescendants } from "./process-table.ts";

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
 * What the shell reads first. After that a line in is "job ID 'command' & :" (with the colon's command the shell
 * takes note of the jobs that ended, which stay zombies otherwise); a line out is "ID exit-code", then "o" if
 * there is output and "e" if there is error output, so that empty files are not even opened. It reads nothing but what
 * {@link commandLine} built, and as its script: of that a shell reads as much as there is, while its read takes a system
 * call for each byte. Each command is its own background job, so many run at once; what a job starts, the shell starts by
 * vfork, which copies no memory.
 */
const prologue = `cd "$2" || exit 1
d=$PWD
job() {
  i=$1; eval "$2"; c=$?
  n=; [ ! -s "$d/o.$i" ] || n=o; [ ! -s "$d/e.$i" ] || n=\${n}e
  echo "$i $c $n"
}
note_pid() { cd -P /proc/self; echo "\${PWD##*/}" >"$d/p.$i"; cd "$d"; }
`;

const defaultTimeoutMs = 120_000;
const defaultOutputBytes = 1024 * 1024;
/** A command that does not end when it is told to is killed this much later. */
const killAfterMs = 1_000;
/** What timeout(1) says of a command that it ended. */
const timedOutCode = 124;
/** This long after a loop's death its other jobs are waited for, to be sure that none of them is a command without files yet. */
const beginsWithinMs = 1_000;
/** What a killed process left at work may end by itself; after this long it is killed. */
const earlierLimitMs = 1_000;
const earlierPauseMs = 20;
/** One that not even that ends, for the kernel does not let go of it, keeps nobody from starting. */
const stuckLimitMs = 10_000;
/** A word of the loop's command, and of those of its jobs, which are forks of it. */
const loopName = "k8ts-helper";

/**
 * Starts a dash loop (1.7 MB) that runs commands for this process; a loop that dies is started anew. No command of an earlier
 * process is at work in the folder by then.
 */
export async function startHelper(options: HelperProcessOptions): Promise<Helper> {
  const made = await mkdir(options.folder, { recursive: true, mode: 0o700 });
  if (made === undefined) await clearFolder(options);
  return new ShellHelper(options);
}

/** Commands outlive a process that was killed: their files would be taken for those of ours, and their deeds come late. */
async function clearFolder({ folder, log }: HelperProcessOptions): Promise<void> {
  const find = () => processesWhoseCommand(words => words.includes(loopName) && words.includes(folder));
  let earlier = await find();
  for (let waitedMs = 0; earlier.length > 0 && waitedMs < stuckLimitMs; waitedMs += earlierPauseMs) {
    if (waitedMs >= earlierLimitMs) for (const pid of earlier) signalDescendants(pid, "SIGKILL");
    await new Promise(resolve => setTimeout(resolve, earlierPauseMs));
    earlier = await find();
  }
  if (earlier.length > 0) log.warn("commands of an earlier helper do not end", { pids: earlier });
  for (const name of await readdir(folder)) if (/^[eiop]\.\d+$/.test(name)) removeIfThere(join(folder, name));
}

interface Ended {
  readonly exitCode: number;
  /** Which of the files "o" and "e" hold something. */
  readonly written: string;
}

interface InFlight {
  readonly line: string;
  /** The last of those that it was given to; the first need not have read it. */
  loop?: ChildProcess;
  timesGiven: number;
  readonly finish: (ended: Ended) => void;
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

  run(argv: readonly string[], options: HelperRunOptions = {}): Promise<HelperResult> {
    return this.#run(commandLine(argv, options), options);
  }

  runScript(script: string, words: readonly string[], options: HelperRunOptions = {}): Promise<HelperResult> {
    return this.#run(scriptLine(script, words, options), options);
  }

  async #run(line: string, options: HelperRunOptions): Promise<HelperResult> {
    if (this.#closed) throw new HelperError("the helper is closed");
    options.signal?.throwIfAborted();
    const id = `${++this.#count}`;
    const { input, timeoutMs, stdoutLimitBytes = defaultOutputBytes } = options;
    if (input !== undefined) writeFileSync(this.#file("i", id), input, { mode: 0o600 });
    try {
      const { exitCode, written } = await this.#execute(id, `job ${id} ${quoteWord(line)} & :`, options);
      const read = (kind: "o" | "e") =>
        written.includes(kind) ? readStart(this.#file(kind, id), stdoutLimitBytes) : "";
      return { exitCode, stdout: read("o"), stderr: read("e") };
    } finally {
      const kinds = ["o", "e", ...(input === undefined ? [] : ["i"]), ...(timeoutMs === undefined ? [] : ["p"])];
      for (const kind of kinds) removeIfThere(this.#file(kind, id));
    }
  }

  #file(kind: string, id: string): string {
    return join(this.#options.folder, `${kind}.${id}`);
  }

  #execute(id: string, line: string, options: HelperRunOptions): Promise<Ended> {
    return new Promise<Ended>((resolve, reject) => {
      const { signal, timeoutMs = defaultTimeoutMs } = options;
      const timers: NodeJS.Timeout[] = [];
      let isLate = false;
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const end = (by: NodeJS.Signals) => {
        isLate = true;
        this.#end(id, by).catch((error: unknown) => this.#options.log.warn("a command could not be ended", { error }));
      };
      const aborted = () => fail(signal!.reason as Error);
      const settle = () => {
        for (const timer of timers) clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
        this.#inFlight.delete(id);
      };
      if (options.timeoutMs !== undefined) {
        timers.push(setTimeout(end, timeoutMs, "SIGTERM"), setTimeout(end, timeoutMs + killAfterMs, "SIGKILL"));
      }
      // Speaks only when even that brought nothing back.
      const late = () => fail(new HelperError(`no answer within ${timeoutMs} ms`));
      timers.push(setTimeout(late, timeoutMs + 5_000));
      signal?.addEventListener("abort", aborted, { once: true });
      const finish = (ended: Ended) => {
        settle();
        resolve(isLate ? { ...ended, exitCode: timedOutCode } : ended);
      };
      const inFlight: InFlight = { line, timesGiven: 0, finish, fail };
      this.#inFlight.set(id, inFlight);
      this.#give(inFlight);
    });
  }

  #give(inFlight: InFlight): void {
    inFlight.loop = this.#child ?? this.#start();
    inFlight.timesGiven++;
    inFlight.loop.stdin!.write(`${inFlight.line}\n`);
  }

  /** Signals what a job started; the job itself stays, to say that it ended. */
  async #end(id: string, signal: NodeJS.Signals): Promise<void> {
    const job = Number(await readFile(this.#file("p", id), "utf8"));
    if (job > 1) signalDescendants(job, signal);
  }

  #start(): ChildProcess {
    const { enter = [], folder, log } = this.#options;
    const [command, ...rest] = [...enter, "/bin/sh", "-s", loopName, folder];
    const child = spawn(command!, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    child.unref();
    child.stdin!.write(prologue);
    let pending = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (pending + text).split("\n");
      pending = lines.pop()!;
      for (const line of lines) {
        const [id, exitCode, written = ""] = line.split(" ");
        this.#inFlight.get(id!)?.finish({ exitCode: Number(exitCode), written });
      }
    });
    const ended = (reason: string) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (!this.#closed) log.warn("helper ended, it is started anew with the next command", { reason });
      // With nothing to wait for, nobody's end is held up.
      if (this.#of(child).length > 0) setTimeout(() => this.#giveUp(child, reason), beginsWithinMs);
    };
    child.stdin!.on("error", error => ended(error.message));
    child.on("error", error => ended(error.message));
    child.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
    // A job outlives its loop and holds its end of the pipe until it has answered: then nobody is left who could.
    child.on("close", (code, signal) => this.#settle(child, signal ?? `exit code ${code}`));
    return child;
  }

  /** When a loop and all its jobs are gone: what it never began is given to the next one, what died with it has failed. */
  #settle(loop: ChildProcess, reason: string): void {
    for (const [id, each] of this.#of(loop)) {
      if (this.#closed || each.timesGiven > 1 || this.#hasBegun(id)) each.fail(lost(reason));
      else this.#give(each);
    }
  }

  /** While a job of a dead loop goes on, what has not begun is not waited for: perhaps it begins yet, perhaps never. */
  #giveUp(loop: ChildProcess, reason: string): void {
    for (const [id, each] of this.#of(loop)) if (!this.#hasBegun(id)) each.fail(lost(reason));
  }

  #of(loop: ChildProcess): [string, InFlight][] {
    return [...this.#inFlight].filter(([, each]) => each.loop === loop);
  }

  /** A job makes its files before it does anything. */
  #hasBegun(id: string): boolean {
    return existsSync(this.#file("o", id));
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
      child.stdin!.end("wait\n");
    });
  }
}

function lost(reason: string): HelperError {
  return new HelperError(`the helper ended (${reason})`);
}

/** A command as a job of the shell evaluates it. */
function commandLine(argv: readonly string[], options: HelperRunOptions): string {
  const command = [...assignments(options), ...argv.map(quoteWord)].join(" ");
  return jobLine(options.cwd === undefined ? command : `{ cd ${quoteWord(options.cwd)} && ${command}; }`, options);
}

/** A script with its arguments, likewise: in a shell of its own, which is a fork of the loop's and starts no program. */
function scriptLine(script: string, words: readonly string[], options: HelperRunOptions): string {
  const variables = assignments(options);
  const set = `${variables.length === 0 ? "" : `export ${variables.join(" ")}; `}set -- ${words.map(quoteWord).join(" ")}`;
  const folder = options.cwd === undefined ? "" : `cd ${quoteWord(options.cwd)} && `;
  return jobLine(`( ${set}; ${folder}eval ${quoteWord(script)} )`, options);
}

/** With its streams, and with the job's pid in a file when it may have to be ended. */
function jobLine(command: string, { input, timeoutMs }: HelperRunOptions): string {
  const pid = timeoutMs === undefined ? "" : "note_pid; ";
  const stdin = input === undefined ? "/dev/null" : '"$d/i.$i"';
  return `${pid}${command} <${stdin} >"$d/o.$i" 2>"$d/e.$i"`;
}

function assignments({ environment = {} }: HelperRunOptions): string[] {
  return Object.entries(environment).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a variable`);
    return `${name}=${quoteWord(value)}`;
  });
}

// The folder is on tmpfs, where a file's call takes less than to hand it to another thread.

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function readStart(path: string, limitBytes: number): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(fstatSync(file).size, limitBytes));
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(file);
  }
}
