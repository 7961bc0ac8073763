/** Tells the steps of a command as they end, with their times since its start. */
export interface Progress {
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  note(text: string): void;
  readonly steps: readonly FinishedStep[];
  elapsedMs(): number;
}

export interface FinishedStep {
  readonly name: string;
  /** Since the command began. */
  readonly startMs: number;
  readonly endMs: number;
}

/** `write` gets whole lines; leave it out for silence. */
export function createProgress(write?: (line: string) => void): Progress {
  const began = performance.now();
  const steps: FinishedStep[] = [];
  const elapsedMs = () => performance.now() - began;
  return {
    steps,
    elapsedMs,
    note: text => write?.(text),
    async step(name, work) {
      const startMs = elapsedMs();
      const result = await work();
      const endMs = elapsedMs();
      steps.push({ name, startMs, endMs });
      write?.(` ✓ ${name.padEnd(22)} ${`${Math.round(endMs)} ms`.padStart(9)}`);
      return result;
    },
  };
}
