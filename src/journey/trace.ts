import type { Span, Subject } from "./span.ts";

/**
 * The story of one change: its spans as a tree. A span's parent is the write with the newest revision in its cause; the
 * root is the write that nothing in the cluster led to.
 */
export interface TraceNode {
  readonly span: Span;
  readonly children: readonly TraceNode[];
}

export interface Trace {
  readonly root: TraceNode;
  /** Root writes to the same object that this trace is not about, oldest first. */
  readonly others: readonly Span[];
  /** Of the last span that belongs to it, counted from the root's start. */
  readonly endMs: number;
}

export interface TraceOptions {
  /** The revision of the root write wanted; left out: the newest that led to anything. */
  readonly revision?: number;
  /** Spans that began later than this after the root are left out: an object's later life is another story. */
  readonly withinMs?: number;
}

const defaultWithinMs = 60_000;

/** Finds the story of `subject` among spans of all processes. Pure; undefined when no root write of it is known. */
export function traceOf(spans: readonly Span[], subject: Subject, options: TraceOptions = {}): Trace | undefined {
  const roots = rootWrites(spans, subject);
  const byCause = indexByNewestCause(spans);
  const wanted = chooseRoot(roots, byCause, options.revision);
  if (wanted === undefined) return undefined;
  const lastStartMs = wanted.startMs + (options.withinMs ?? defaultWithinMs);
  const seen = new Set<Span>([wanted]);
  const grow = (span: Span): TraceNode => {
    const caused = isWrite(span) ? (byCause.get(span.revision!) ?? []) : [];
    const fresh = caused.filter(child => child.startMs <= lastStartMs && !seen.has(child));
    for (const child of fresh) seen.add(child);
    return { span, children: fresh.map(grow) };
  };
  const root = nestSteps(grow(wanted));
  const endMs = Math.max(...[...seen].map(span => span.startMs + span.durationMs)) - wanted.startMs;
  return { root, others: roots.filter(each => each !== wanted), endMs };
}

/** Writes to the object that no other write led to: a person's, or a client's outside of the cluster. */
function rootWrites(spans: readonly Span[], subject: Subject): readonly Span[] {
  return spans
    .filter(
      span => span.revision !== undefined && (span.cause?.revisions.length ?? 0) === 0 && isSame(span.subject, subject),
    )
    .sort((a, b) => a.revision! - b.revision!);
}

/** Only the API server's own span of a write has children by its revision; who asked for the write stands above it. */
function isWrite(span: Span): boolean {
  return span.component === "apiserver" && span.revision !== undefined;
}

function isSame(a: Subject | undefined, b: Subject): boolean {
  if (a === undefined || a.resource !== b.resource || a.name !== b.name || (a.namespace ?? "") !== (b.namespace ?? ""))
    return false;
  return a.uid === undefined || b.uid === undefined || a.uid === b.uid;
}

/** Spans by the newest revision that led to them, each list in order of time. */
function indexByNewestCause(spans: readonly Span[]): ReadonlyMap<number, readonly Span[]> {
  const index = new Map<number, Span[]>();
  for (const span of spans) {
    const newest = span.cause?.revisions.at(-1);
    if (newest === undefined || newest === span.revision) continue;
    const list = index.get(newest);
    if (list === undefined) index.set(newest, [span]);
    else list.push(span);
  }
  for (const list of index.values()) list.sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
  return index;
}

function chooseRoot(
  roots: readonly Span[],
  byCause: ReadonlyMap<number, readonly Span[]>,
  revision: number | undefined,
): Span | undefined {
  if (revision !== undefined) return roots.find(span => span.revision === revision);
  return roots.findLast(span => byCause.has(span.revision!)) ?? roots.at(-1);
}

/**
 * Steps about one object that lie inside a longer step of the same cause belong below it: the runtime's `runc create`
 * below its `CreateContainer`, that below the kubelet's sync; and a reconcile's writes below the reconcile. Of several
 * that would do, the one that began last: reconciles of different controllers overlap.
 */
function nestSteps(node: TraceNode): TraceNode {
  const nested: { span: Span; children: TraceNode[] }[] = [];
  const steps: { span: Span; children: TraceNode[] }[] = [];
  for (const child of node.children.map(nestSteps)) {
    const made = { span: child.span, children: [...child.children] };
    const place = steps.findLast(step => contains(step.span, made.span));
    (place === undefined ? nested : place.children).push(made);
    if (!isWrite(made.span)) steps.push(made);
  }
  return { span: node.span, children: nested };
}

/** Half a millisecond of slack: two clocks' readings of one moment. */
const slackMs = 0.5;

function contains(outer: Span, inner: Span): boolean {
  return (
    (isWrite(inner) ? isWriterOf(outer, inner) : isPartOf(outer, inner)) &&
    outer.startMs - slackMs <= inner.startMs &&
    inner.startMs + inner.durationMs <= outer.startMs + outer.durationMs + slackMs
  );
}

/** Users are named after the component that they are: `system:serviceaccount:kube-system:deployment-controller`. */
function isWriterOf(step: Span, { user }: Span): boolean {
  return user === undefined || user.endsWith(`:${step.component}`) || user === `system:kube-${step.component}`;
}

/** Who calls whom on a node: each only those that come later. */
const callers: readonly string[] = ["kubelet", "cri", "oci", "cni"];

/** Steps beside each other may overlap; only a sync is made of steps of its own component. */
function isPartOf(outer: Span, inner: Span): boolean {
  const isCall =
    outer.component === inner.component
      ? outer.name.startsWith("sync ")
      : callers.includes(outer.component) && callers.indexOf(outer.component) < callers.indexOf(inner.component);
  const isAboutAnything = outer.subject === undefined || inner.subject === undefined;
  return outer.node === inner.node && isCall && (isAboutAnything || outer.subject.name === inner.subject.name);
}
