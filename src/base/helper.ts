/**
 * Runs short commands for a server process, which must not spawn them itself (a spawn stalls the event loop by
 * milliseconds that grow with the process's memory).
 */
export interface Helper extends AsyncDisposable {
  /**
   * Runs `argv` (never through a shell's interpretation) and resolves with its exit code; a nonzero code is no error.
   * Throws {@link HelperError} when the helper died before it began, or with it, or the time ran out: the command may or may
   * not have run.
   */
  run(argv: readonly string[], options?: HelperRunOptions): Promise<HelperResult>;
  /**
   * The same for a constant shell script, whose positional parameters `words` are: no shell is started for it. Its last
   * command's exit code counts.
   */
  runScript(script: string, words: readonly string[], options?: HelperRunOptions): Promise<HelperResult>;
}

export interface HelperRunOptions {
  /** Becomes the command's standard input; otherwise that is empty. Kept in a 0600 file while the command runs. */
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Output beyond this is cut off; 1 MiB when left out. */
  readonly stdoutLimitBytes?: number;
}

export interface HelperResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class HelperError extends Error {
  override readonly name = "HelperError";
}
