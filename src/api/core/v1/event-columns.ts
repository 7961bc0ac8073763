import { timeSince } from "../../columns.ts";
import type { Column } from "../../resource.ts";
import type { Event } from "./event.ts";

export const eventColumns: readonly Column<Event>[] = [
  { name: "Last Seen", type: "string", doc: "When it last happened.", value: (event, { now }) => lastSeen(event, now) },
  { name: "Type", type: "string", doc: "Normal or Warning.", value: event => event.type ?? "" },
  { name: "Reason", type: "string", doc: "Why, in one word.", value: event => event.reason ?? "" },
  { name: "Object", type: "string", doc: "What it happened to.", value: objectText },
  {
    name: "Subobject",
    type: "string",
    priority: 1,
    doc: "The part of the object.",
    value: event => event.involvedObject.fieldPath ?? "",
  },
  { name: "Source", type: "string", priority: 1, doc: "Who says so.", value: sourceText },
  { name: "Message", type: "string", doc: "What happened.", value: event => (event.message ?? "").trim() },
  {
    name: "First Seen",
    type: "string",
    priority: 1,
    doc: "When it first happened.",
    value: (event, { now }) => firstSeen(event, now),
  },
  { name: "Count", type: "string", priority: 1, doc: "How often it happened.", value: countOf },
];

function firstSeen(event: Event, now: number): string {
  return timeSince(event.firstTimestamp || event.eventTime, now);
}

function lastSeen(event: Event, now: number): string {
  if (event.series) return timeSince(event.series.lastObservedTime, now);
  return event.lastTimestamp ? timeSince(event.lastTimestamp, now) : firstSeen(event, now);
}

function countOf(event: Event): number {
  return event.series ? (event.series.count ?? 0) : event.count || 1;
}

function objectText({ involvedObject }: Event): string {
  const kind = (involvedObject.kind ?? "").toLowerCase();
  return involvedObject.name ? `${kind}/${involvedObject.name}` : kind;
}

function sourceText(event: Event): string {
  const component = event.source?.component || event.reportingComponent;
  const host = event.source?.host || event.reportingInstance;
  return host ? `${component}, ${host}` : component;
}
