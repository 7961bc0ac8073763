/** How containers of an image behave: data, so that a test or a scenario says it in one place. */
export interface ImageBehaviour {
  /** Ends by itself this long after its start; absent: runs until it is stopped. */
  readonly exitAfterMs?: number;
  /** The code it ends with by itself; 0 when left out. */
  readonly exitCode?: number;
  /** How long it takes from SIGTERM to its end; absent: at once. Longer than the grace: it is killed (137). */
  readonly stopAfterMs?: number;
  /** Lines it writes when it starts. */
  readonly logs?: readonly string[];
  /** Answers of commands run inside it; by the command's words joined with one space. */
  readonly exec?: (command: readonly string[], containerId: string) => { exitCode: number; stdout?: string };
  /** The user the image names. */
  readonly uid?: number;
  readonly username?: string;
  /** It cannot be pulled: the message of the failure. */
  readonly pullError?: string;
  /** How long its pull takes, where it differs from other images. */
  readonly pullMs?: number;
  /** StartContainer fails with this message. */
  readonly startError?: string;
  readonly sizeBytes?: number;
}

/** Times that the simulated runtime takes, in milliseconds. */
export interface RuntimeDelays {
  readonly sandboxMs: number;
  readonly createMs: number;
  readonly startMs: number;
  readonly pullMs: number;
}

export const noDelays: RuntimeDelays = { sandboxMs: 0, createMs: 0, startMs: 0, pullMs: 0 };
