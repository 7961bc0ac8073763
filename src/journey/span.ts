import type { Cause } from "#base/cause.ts";

/** One thing that a component did, as it was measured. */
export interface Span {
  /** `apiserver`, `scheduler`, `kubelet`, `cri`, `cni`, `oci`, `kube-proxy`, `deployment-controller`, ... */
  readonly component: string;
  /** The node it happened on, where there is one. */
  readonly node?: string;
  /** What was done: `create deployments`, `schedule`, `RunPodSandbox`, `CNI ADD`, `runc create`, `probe readiness`, `sync rules`. */
  readonly name: string;
  /** Epoch milliseconds with a fraction. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What led to it. */
  readonly cause?: Cause;
  /** The object it is about. */
  readonly subject?: Subject;
  /** The revision that this span's write made: whatever carries it in its cause comes after this span. */
  readonly revision?: number;
  /** Who did it (a user), for API writes. */
  readonly user?: string;
  /** The decision, and why: `node-2: 2 of 3 nodes fit; score 187`. */
  readonly decision?: string;
  readonly error?: string;
  /** Protocol, encoding, counts: short scalars only, never secrets. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

export interface Subject {
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

/** Where components leave their spans. Never throws, never waits, keeps a bounded number. */
export interface Recorder {
  record(span: Span): void;
}

export const noRecorder: Recorder = { record() {} };
