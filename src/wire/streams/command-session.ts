import type { CommandStatus } from "./status.ts";

export interface CommandOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** The client's side of an exec or attach, whatever protocol carries it. */
export interface CommandSession {
  /** Each piece of standard input, then undefined at its end. Pieces that came earlier are kept. */
  readStdin(listener: (bytes: Uint8Array | undefined) => void): void;
  pauseStdin(): void;
  resumeStdin(): void;
  onResize(listener: (size: TerminalSize) => void): void;
  /** False: wait for {@link drained} before writing more. */
  write(channel: "stdout" | "stderr", bytes: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Says how it ended and closes everything; always the last call. */
  finish(status: CommandStatus): void;
  /** The client went away. */
  onClose(listener: () => void): void;
}

/** Hands each item to the listener, keeping those that come before there is one. */
export class Inbox<T> {
  readonly #early: T[] = [];
  #listener: ((item: T) => void) | undefined;

  get isListened(): boolean {
    return this.#listener !== undefined;
  }

  put(item: T): void {
    if (this.#listener === undefined) this.#early.push(item);
    else this.#listener(item);
  }

  listen(listener: (item: T) => void): void {
    this.#listener = listener;
    for (const item of this.#early.splice(0)) listener(item);
  }
}

/** A resize message: JSON with `Width` and `Height`; undefined when it is none. */
export function parseTerminalSize(text: string): TerminalSize | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: number; Height?: number };
    const valid = (value: unknown): value is number =>
      Number.isInteger(value) && (value as number) > 0 && (value as number) < 65536;
    return valid(Width) && valid(Height) ? { width: Width, height: Height } : undefined;
  } catch {
    return undefined;
  }
}
