import type { Span } from "./span.ts";
import type { Trace, TraceNode } from "./trace.ts";

/** A trace as lines of text: when it began, how long it took, who did what, and why. */
export function renderTrace(trace: Trace): readonly string[] {
  const { root } = trace;
  const lines = [
    `${describeSubject(root.span)}: ${count(root)} steps in ${milliseconds(trace.endMs)}`,
    "",
    "     at     took",
  ];
  const add = (node: TraceNode, prefix: string, branch: string) => {
    lines.push(
      `${milliseconds(node.span.startMs - root.span.startMs).padStart(9)} ${milliseconds(node.span.durationMs).padStart(9)}  ${prefix}${branch}${describe(node.span)}`,
    );
    const below = branch === "" ? prefix : prefix + (branch === "└ " ? "  " : "│ ");
    for (const [index, child] of node.children.entries())
      add(child, below, index === node.children.length - 1 ? "└ " : "├ ");
  };
  add(root, "", "");
  if (trace.others.length > 0) {
    const each = trace.others.map(span => `${span.revision} (${span.name.split(" ")[0]})`);
    lines.push("", `other changes from outside: ${each.join(", ")}; --revision N tells theirs`);
  }
  return lines;
}

function count(node: TraceNode): number {
  return node.children.reduce((sum, child) => sum + count(child), 1);
}

function describe(span: Span): string {
  const place = span.node === undefined ? span.component : `${span.component}@${span.node}`;
  const parts = [`${place}: ${span.name}${subjectSuffix(span)}`];
  if (span.revision !== undefined) parts.push(`revision ${span.revision}`);
  if (span.user !== undefined) parts.push(`by ${span.user}`);
  for (const name of ["protocol", "encoding"]) {
    const value = span.attributes?.[name];
    if (value !== undefined) parts.push(String(value));
  }
  if (span.decision !== undefined) parts.push(span.decision);
  if (span.error !== undefined) parts.push(`failed: ${span.error}`);
  return parts.join(", ");
}

function subjectSuffix(span: Span): string {
  const { subject } = span;
  return subject === undefined || span.name.includes(subject.name) ? "" : ` ${subject.name}`;
}

function describeSubject(span: Span): string {
  const { subject } = span;
  if (subject === undefined) return span.name;
  return `${subject.resource}/${subject.name}${subject.namespace ? ` in ${subject.namespace}` : ""}`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}
