import { formatTime } from "#base/clock.ts";

/** Times as the API writes them: whole seconds for `time`, six digits of fraction for `microTime`, always UTC. */

const canonicalTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const canonicalMicroTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** The canonical form of an RFC 3339 time, undefined when it is none. */
export function canonicalTimeText(text: string): string | undefined {
  if (canonicalTime.test(text)) return Number.isNaN(Date.parse(text)) ? undefined : text;
  const match = rfc3339.exec(text);
  const ms = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : formatTime(ms);
}

export function canonicalMicroTimeText(text: string): string | undefined {
  if (canonicalMicroTime.test(text)) return Number.isNaN(Date.parse(text)) ? undefined : text;
  const match = rfc3339.exec(text);
  const ms = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  return `${formatTime(ms).slice(0, -1)}.${(match![2] ?? "").padEnd(6, "0").slice(0, 6)}Z`;
}

export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

export function timestampOf(text: string): Timestamp {
  const dot = text.indexOf(".");
  if (dot < 0) return { seconds: Math.floor(Date.parse(text) / 1000), nanos: 0 };
  return {
    seconds: Math.floor(Date.parse(`${text.slice(0, dot)}Z`) / 1000),
    nanos: Number(
      text
        .slice(dot + 1, -1)
        .padEnd(9, "0")
        .slice(0, 9),
    ),
  };
}

export function microTimeOf({ seconds, nanos }: Timestamp): string {
  const fraction = String(Math.floor(nanos / 1000)).padStart(6, "0");
  return `${formatTime(seconds * 1000).slice(0, -1)}.${fraction}Z`;
}
