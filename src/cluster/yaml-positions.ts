import { EVENT_ID, getScalarValue, load, parseEvents, YAMLException } from "js-yaml";

/** A YAML document whose keys and values know where they stand, for messages that name line and column. */
export type PositionedNode =
  | { readonly type: "map"; readonly at: number; readonly entries: readonly PositionedEntry[] }
  | { readonly type: "list"; readonly at: number; readonly items: readonly PositionedNode[] }
  | { readonly type: "scalar"; readonly at: number; readonly value: string | number | boolean | null };

export interface PositionedEntry {
  readonly key: string;
  readonly at: number;
  readonly value: PositionedNode;
}

/** Offset to `line:column`, both from 1. */
export function positionOf(source: string, offset: number): string {
  const before = source.slice(0, offset);
  const line = before.split("\n").length;
  return `${line}:${offset - before.lastIndexOf("\n")}`;
}

/** Throws YAMLException for what is no YAML; undefined for an empty document. */
export function parsePositioned(source: string): PositionedNode | undefined {
  const events = parseEvents(source, {});
  let at = 0;
  const node = (): PositionedNode | undefined => {
    const event = events[at++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    switch (event.type) {
      case EVENT_ID.DOCUMENT: {
        const found = node();
        return found;
      }
      case EVENT_ID.MAPPING: {
        const entries: PositionedEntry[] = [];
        for (let key = node(); key !== undefined; key = node()) {
          const value = node();
          if (key.type !== "scalar" || value === undefined)
            throw new YAMLException("a mapping's key must be a plain word");
          entries.push({ key: String(key.value), at: key.at, value });
        }
        return { type: "map", at: event.start, entries };
      }
      case EVENT_ID.SEQUENCE: {
        const items: PositionedNode[] = [];
        for (let item = node(); item !== undefined; item = node()) items.push(item);
        return { type: "list", at: event.start, items };
      }
      case EVENT_ID.SCALAR: {
        const text = getScalarValue(source, event);
        const plain = event.style === 1;
        return {
          type: "scalar",
          at: event.valueStart,
          value: plain ? (load(text) as string | number | boolean | null) : text,
        };
      }
      default:
        throw new YAMLException("anchors and aliases are not used here");
    }
  };
  return node();
}
