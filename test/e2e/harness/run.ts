import { spawn } from "node:child_process";

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a command to its end; one that takes longer than `timeoutMs` is killed and the call throws. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { timeoutMs = 60_000 } = options;
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", text => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", text => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined); // It ended without reading: its exit code says why.
  child.stdin.end(options.input);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    late.reject(new Error(`${argv.join(" ")} took longer than ${timeoutMs} ms: ${stdout}${stderr}`));
  }, timeoutMs);
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ exitCode: code ?? (signal === null ? 1 : 137), stdout, stderr }));
  });
  try {
    return await Promise.race([ended, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** As {@link run}, for a command that must succeed; gives its standard output. */
export async function output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv, options);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

/** A command that goes on while the test looks at what it prints. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** What it has printed so far, both streams. */
  text(): string;
  write(text: string): void;
  readonly ended: Promise<number>;
}

export function start(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", part => {
      text += part;
    });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", code => resolve(code ?? 137));
  });
  return {
    pid: child.pid!,
    ended,
    text: () => text,
    write: part => void child.stdin.write(part),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.race([ended.catch(() => undefined), new Promise(resolve => setTimeout(resolve, 3_000))]);
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
    },
  };
}
