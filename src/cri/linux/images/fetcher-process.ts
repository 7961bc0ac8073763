import { access } from "node:fs/promises";
import { type Helper, HelperError } from "#base/helper.ts";
import { CriError, type CriErrorCode } from "../../services.ts";
import { type FetchedImage, type FetchImage, type FetchJob, fetchImage } from "./fetch-image.ts";

/** A registry that is silent ends a fetch much sooner; this bounds one that trickles. */
const timeoutMs = 3_600_000;
const watchMs = 500;

type Answer = { readonly fetched: FetchedImage } | { readonly code: CriErrorCode; readonly message: string };

export interface FetcherProcessOptions {
  /** The pinned network namespace to fetch in. */
  readonly networkPin: string;
  /** Starts a process that hands its standard input to {@link answerFetchJob} and prints what that gives. */
  readonly program: readonly string[];
}

/**
 * {@link FetchImage} in another network: a node may have no way out, and `localhost` in a reference means the machine's,
 * not the node's. The process lives as long as the fetch; the job, which may hold a password, goes over a 0600 file.
 */
export function fetchInNetwork({ helper }: { helper: Helper }, options: FetcherProcessOptions): FetchImage {
  const argv = ["nsenter", `--net=${options.networkPin}`, ...options.program];
  return async (job, signal) => {
    const result = await helper
      .run(argv, { input: JSON.stringify(job), timeoutMs, ...(signal && { signal }) })
      .catch((error: Error) => {
        if (signal?.aborted) throw new CriError("Cancelled", "the pull was cancelled");
        if (error instanceof HelperError) throw new CriError("Unavailable", `the fetch was cut off: ${error.message}`);
        throw error;
      });
    const answer = parseAnswer(result.stdout);
    if (answer === undefined)
      throw new CriError("Unknown", `the fetcher ended with ${result.exitCode}: ${lastLine(result.stderr)}`);
    if ("code" in answer) throw new CriError(answer.code, answer.message);
    return answer.fetched;
  };
}

/** The process's side. Ends early once the job's folder is gone: then nobody waits for it any more. */
export async function answerFetchJob(text: string): Promise<string> {
  const job = JSON.parse(text) as FetchJob;
  const abort = new AbortController();
  const watch = setInterval(() => access(job.folder).catch(() => abort.abort()), watchMs);
  try {
    return JSON.stringify({ fetched: await fetchImage(job, abort.signal) } satisfies Answer);
  } catch (error) {
    const code = error instanceof CriError ? error.code : "Unknown";
    return JSON.stringify({ code, message: (error as Error).message } satisfies Answer);
  } finally {
    clearInterval(watch);
  }
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined; // It was killed, or could not even start: its last words are on standard error.
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it said nothing";
}
