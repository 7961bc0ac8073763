/**
 * A number, or a percentage of `total`. Undefined when the string is no percentage.
 * `roundUp` decides what becomes of fractions.
 */
export function scaledIntOrPercent(value: number | string, total: number, rounding: "up" | "down"): number | undefined {
  if (typeof value === "number") return value;
  const percent = percentOf(value);
  if (percent === undefined) return undefined;
  const exact = (percent * total) / 100;
  return rounding === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** The number in `25%`. */
export function percentOf(text: string): number | undefined {
  return /^[+-]?\d+%$/.test(text) ? Number(text.slice(0, -1)) : undefined;
}
