import type { Pod } from "#api/core/v1/pod.ts";
import { type Clock, parseTime } from "#base/clock.ts";
import type { BodySink } from "#base/http.ts";
import type { HostFiles } from "../host.ts";
import { parseLogLine } from "./log-format.ts";

export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  readonly sinceMs: number | undefined;
  readonly stream: "All" | "Stdout" | "Stderr";
}

export interface LogSource {
  readonly files: HostFiles;
  readonly clock: Clock;
  /** The container runs on: more may come. */
  isRunning(): Promise<boolean>;
}

const chunkBytes = 64 * 1024;
/** A change that the file watch missed is seen this late. */
const pollMs = 1000;
const encoder = new TextEncoder();

/** The `log` query of kubectl, from the kubelet's path. */
export function logOptions(query: URLSearchParams, nowMs: number): LogOptions {
  const number = (name: string) => (query.get(name) ? Number(query.get(name)) : undefined);
  const sinceSeconds = number("sinceSeconds");
  const sinceTime = query.get("sinceTime");
  const stream = query.get("stream");
  return {
    follow: isSet(query.get("follow")),
    timestamps: isSet(query.get("timestamps")),
    tailLines: number("tailLines"),
    limitBytes: number("limitBytes"),
    sinceMs: sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : sinceTime ? parseTime(sinceTime) : undefined,
    stream: stream === "Stdout" || stream === "Stderr" ? stream : "All",
  };
}

export function isSet(value: string | null): boolean {
  return value === "true" || value === "1";
}

/** Of a container of which the runtime holds no run; of none before the last one, where `previous`. */
export function whyNoLog({ metadata, status }: Pod, name: string, previous: boolean): string {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status ?? {};
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses];
  const state = all.find(container => container.name === name)?.[previous ? "lastState" : "state"];
  const { containerID } = state?.terminated ?? {};
  if (containerID) return `unable to retrieve container logs for ${containerID}`;
  const subject = `container "${name}" in pod "${metadata.name}"`;
  if (previous) return `previous terminated ${subject} not found`;
  return `${subject} is waiting to start: ${waitingText(state?.waiting?.reason)}`;
}

function waitingText(reason = "ContainerCreating"): string {
  if (reason === "ErrImagePull") return "image can't be pulled";
  return reason === "ImagePullBackOff" ? "trying and failing to pull image" : reason;
}

/** Sends a container's log; with `follow` until the container ends or the reader goes. */
export async function sendLog(source: LogSource, path: string, options: LogOptions, sink: BodySink): Promise<void> {
  const out = new LogWriter(options, sink);
  const size = (await source.files.size(path)) ?? 0;
  // Who does not follow gets what is there now: a line that comes meanwhile is none of the last ones asked for.
  const end = options.follow ? Number.POSITIVE_INFINITY : size;
  let offset = options.tailLines === undefined ? 0 : await tailOffset(source.files, path, size, options.tailLines);
  let rest = new Uint8Array();
  const changes = new Changes(source, path, options.follow);
  try {
    while (!sink.signal.aborted && !out.full) {
      // Asked before reading: what is written after a container's end was seen cannot be missed.
      const mayGrow = options.follow && (await source.isRunning());
      const bytes = await source.files.readRange(path, offset, Math.min(chunkBytes, end - offset));
      if (bytes === undefined) return;
      offset += bytes.length;
      rest = await out.write(joined(rest, bytes));
      if (bytes.length > 0) continue;
      if (!mayGrow) return;
      await changes.next(sink.signal);
    }
  } finally {
    changes.stop();
  }
}

class LogWriter {
  readonly #options: LogOptions;
  readonly #sink: BodySink;
  #left: number;

  constructor(options: LogOptions, sink: BodySink) {
    this.#options = options;
    this.#sink = sink;
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  get full(): boolean {
    return this.#left <= 0;
  }

  /** Answers the bytes of the last line as far as it is not complete. */
  async write(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const end = bytes.lastIndexOf(10) + 1;
    const text = new TextDecoder().decode(bytes.subarray(0, end));
    const chosen = text
      .split("\n")
      .slice(0, -1)
      .map(line => this.#format(line));
    await this.#send(encoder.encode(chosen.join("")));
    return bytes.slice(end) as Uint8Array<ArrayBuffer>;
  }

  #format(line: string): string {
    const parsed = parseLogLine(line);
    if (parsed === undefined) return "";
    const { sinceMs, stream, timestamps } = this.#options;
    if (stream !== "All" && parsed.stream !== stream.toLowerCase()) return "";
    if (sinceMs !== undefined && parseTime(parsed.time) < sinceMs) return "";
    return timestamps ? `${shownTime(parsed.time)} ${parsed.text}` : parsed.text;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= part.length;
    if (part.length > 0 && !this.#sink.write(part)) await this.#sink.drained();
  }
}

/** conmon writes UTC as `+00:00`; Kubernetes shows it as `Z`. */
function shownTime(time: string): string {
  return time.replace(/[+-]00:00$/, "Z");
}

/** Where the last `lines` lines before `size` begin. */
async function tailOffset(files: HostFiles, path: string, size: number, lines: number): Promise<number> {
  let end = size;
  let found = 0;
  while (end > 0) {
    const from = Math.max(0, end - chunkBytes);
    const bytes = (await files.readRange(path, from, end - from)) ?? new Uint8Array();
    for (let at = bytes.length - 1; at >= 0; at--) {
      // The newline at the very end closes the last line; the one before it begins it.
      if (bytes[at] === 10 && from + at + 1 < size && ++found === lines) return from + at + 1;
    }
    end = from;
  }
  return lines === 0 ? size : 0;
}

class Changes {
  readonly #clock: Clock;
  readonly #watch: Disposable | undefined;
  #wake: (() => void) | undefined;
  #pending = false;

  constructor(source: LogSource, path: string, follow: boolean) {
    this.#clock = source.clock;
    this.#watch = follow
      ? source.files.watch(path, () => {
          this.#pending = true;
          this.#wake?.();
        })
      : undefined;
  }

  /** The next change, or a moment later. */
  async next(signal: AbortSignal): Promise<void> {
    if (!this.#pending) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      using _timer = this.#clock.schedule(pollMs, resolve, { background: true });
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      this.#wake = undefined;
    }
    this.#pending = false;
  }

  stop(): void {
    this.#watch?.[Symbol.dispose]();
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
