import { type Figure, figures, isMet, type Measured, median } from "./figures.ts";

/** One line a figure: its median, the runs it was taken from, its target, and whether that is met. */
export function table(measured: Measured): string {
  const lines = Object.values(figures)
    .filter(figure => measured.has(figure))
    .map(figure => row(figure, measured.get(figure)!));
  return [header, ...lines].join("\n");
}

export function missed(measured: Measured): readonly Figure[] {
  return [...measured].filter(([figure, values]) => !isMet(figure, median(values))).map(([figure]) => figure);
}

const columns = (name: string, value: string, target: string, verdict: string) =>
  `${name.padEnd(47)}${value.padStart(12)}${target.padStart(12)}   ${verdict}`;

const header = columns("", "median", "target", "");

function row(figure: Figure, values: readonly number[]): string {
  const value = median(values);
  const verdict = isMet(figure, value) ? "met" : "MISSED";
  const runs = values.length > 1 ? `  (${values.map(each => digits(each)).join(", ")})` : "";
  return columns(figure.name, withUnit(value, figure), withUnit(figure.target, figure), verdict.padEnd(6) + runs);
}

const withUnit = (value: number, { unit }: Figure) => `${digits(value)} ${unit.padEnd(2)}`;

function digits(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
