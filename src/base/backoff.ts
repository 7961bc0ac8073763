import type { Random } from "./random.ts";

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maximumMs: number;
  readonly factor?: number;
  /** 0.1: up to a tenth more, at random. */
  readonly jitter?: number;
}

/** The delay before try `failures + 1`; `failures` counts from 0. */
export function backoffMs(failures: number, options: BackoffOptions, random?: Random): number {
  const plain = Math.min(options.maximumMs, options.initialMs * (options.factor ?? 2) ** failures);
  return random === undefined || !options.jitter ? plain : plain * (1 + random.float() * options.jitter);
}
