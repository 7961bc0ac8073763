/** Durations as Go writes them (`1h2m3.5s`), in milliseconds. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/** Undefined when the text is no duration. */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === "0") return 0;
  if (body === "") return undefined;
  let total = 0;
  part.lastIndex = 0;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (!match) return undefined;
    total += Number(match[1]) * unitMs[match[2]!]!;
  }
  return sign * total;
}

/** `1h0m0s`, `1m30s`, `1.5s`, `20ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const nanos = Math.round(Math.abs(ms) * 1e6);
  if (nanos < 1_000) return `${sign}${nanos}ns`;
  if (nanos < 1_000_000) return `${sign}${nanos / 1_000}µs`;
  if (nanos < 1_000_000_000) return `${sign}${nanos / 1_000_000}ms`;
  const totalSeconds = Math.floor(nanos / 1e9);
  const seconds = `${(totalSeconds % 60) + (nanos % 1e9) / 1e9}s`;
  const minutes = Math.floor(totalSeconds / 60);
  if (minutes === 0) return `${sign}${seconds}`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60}m${seconds}`;
}
