/**
 * Why a write happens. A request from outside is a root; a write made while reconciling carries the revisions whose
 * events led to it. Causes are explicit arguments of request and reconcile contexts, never hidden state.
 *
 * @example
 * const root = rootCause("req-1");                        // kubectl create deployment
 * const next = unionCauses([revisionCause("req-1", 812)]); // the ReplicaSet that the controller makes of revision 812
 */
export interface Cause {
  /** The request at the root of the chain: 32 hexadecimal digits, the trace id on the wire. */
  readonly requestId: string;
  /** Store revisions that led here, ascending, at most {@link maxRevisions}. */
  readonly revisions: readonly number[];
  /** How many more revisions led here than are kept. */
  readonly more: number;
}

const maxRevisions = 16;

/** The cause of a request that nothing in the cluster led to. */
export function rootCause(requestId: string): Cause {
  return { requestId, revisions: [], more: 0 };
}

/** The cause of whatever follows from the write with this revision. */
export function revisionCause(requestId: string, revision: number): Cause {
  return { requestId, revisions: [revision], more: 0 };
}

/** All of them: the first one's root, the newest {@link maxRevisions} revisions. */
export function unionCauses(causes: readonly Cause[]): Cause | undefined {
  const first = causes[0];
  if (first === undefined || causes.length === 1) return first;
  const all = new Set<number>();
  let more = 0;
  for (const cause of causes) {
    for (const revision of cause.revisions) all.add(revision);
    more += cause.more;
  }
  const sorted = [...all].sort((a, b) => a - b);
  const kept = sorted.slice(-maxRevisions);
  return { requestId: first.requestId, revisions: kept, more: more + sorted.length - kept.length };
}

/** `traceparent` and `baggage` headers (W3C Trace Context): how a cause crosses a connection. */
export function causeHeaders(cause: Cause): { traceparent: string; baggage?: string } {
  const span = (cause.revisions.at(-1) ?? 1).toString(16).padStart(16, "0");
  const traceparent = `00-${cause.requestId}-${span}-01`;
  if (cause.revisions.length === 0 && cause.more === 0) return { traceparent };
  const more = cause.more > 0 ? `+${cause.more}` : "";
  return { traceparent, baggage: `k8ts-cause=${cause.revisions.join(".")}${more}` };
}

const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const baggageForm = /(?:^|,)\s*k8ts-cause=([0-9.]*)(?:\+(\d+))?/;

/** Reads what {@link causeHeaders} wrote; undefined when there is no valid `traceparent`. */
export function parseCauseHeaders(traceparent: string | undefined, baggage: string | undefined): Cause | undefined {
  const id = traceparent === undefined ? undefined : traceparentForm.exec(traceparent)?.[1];
  if (id === undefined) return undefined;
  const match = baggage === undefined ? null : baggageForm.exec(baggage);
  if (match === null) return rootCause(id);
  const revisions = match[1]!
    .split(".")
    .filter(part => part !== "")
    .map(Number)
    .slice(-maxRevisions);
  return { requestId: id, revisions, more: match[2] === undefined ? 0 : Number(match[2]) };
}
