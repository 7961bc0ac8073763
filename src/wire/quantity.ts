/**
 * Kubernetes quantities, exact: a whole number of nano-units and the notation in which it was written.
 * Finer than nano is rounded up; more than 2^63-1 is that.
 */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

export class QuantityError extends Error {
  override readonly name = "QuantityError";
}

const nanosPerUnit = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * nanosPerUnit;
const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/** 19 digits of the largest, nine of a nano, and a hundred of an exponent fit in. */
const maxTellingDigits = 150;
const pattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)$/;

export function parseQuantity(text: string): Quantity {
  const match = pattern.exec(text);
  if (!match || (match[2] === "" && !match[3])) throw malformed();
  const [, sign, , , suffix] = match;
  const whole = telling(match[2]!.replace(/^0+/, ""));
  const fraction = telling(match[3] ?? "");
  const { factor, exponent, format } = scaleOf(suffix ?? "");
  const digits = BigInt(`${whole}${fraction}` || "0") * factor;
  const nanos = scaled(digits, exponent - fraction.length + 9);
  const bounded = nanos > largest ? largest : nanos;
  return { nanos: sign === "-" ? -bounded : bounded, format };
}

export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** The sum, in the notation of the first that is not zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

export function quantityOf(value: number | bigint, format: QuantityFormat = "DecimalSI"): Quantity {
  return { nanos: BigInt(value) * nanosPerUnit, format };
}

/** The canonical text: no fraction, and the largest suffix that keeps the number whole. */
export function formatQuantity(quantity: Quantity): string {
  const { nanos, format } = quantity;
  if (nanos === 0n) return "0";
  const small = nanos > -1024n * nanosPerUnit && nanos < 1024n * nanosPerUnit;
  if (format === "BinarySI" && !small) return formatBinary(roundedUp(nanos, nanosPerUnit));
  return formatDecimal(nanos, format === "DecimalExponent");
}

/** In whole units, rounded up. */
export function quantityValue(text: string): number {
  return Number(roundedUp(parseQuantity(text).nanos, nanosPerUnit));
}

/** In thousandths, rounded up. */
export function quantityMilliValue(text: string): number {
  return Number(roundedUp(parseQuantity(text).nanos, 1_000_000n));
}

const canonicalTexts = new Map<string, string>();
const maxCanonicalTexts = 4096;
const maxRememberedCharacters = 32;

/** The canonical form of a text; the few that occur again and again are remembered. */
export function canonicalQuantity(text: string): string {
  const known = canonicalTexts.get(text);
  if (known !== undefined) return known;
  const canonical = formatQuantity(parseQuantity(text));
  if (text.length > maxRememberedCharacters) return canonical;
  if (canonicalTexts.size >= maxCanonicalTexts) canonicalTexts.clear();
  canonicalTexts.set(text, canonical);
  return canonical;
}

/** What a resource list keeps: never finer than a thousandth. */
export function roundToMilli(text: string): string {
  const { nanos, format } = parseQuantity(text);
  if (nanos % 1_000_000n === 0n) return text;
  return formatQuantity({ nanos: roundedUp(nanos, 1_000_000n) * 1_000_000n, format });
}

function malformed(): QuantityError {
  return new QuantityError(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

function scaleOf(suffix: string): { factor: bigint; exponent: number; format: QuantityFormat } {
  const binary = suffix === "" ? -1 : binarySuffixes.indexOf(suffix);
  if (binary > 0) return { factor: 1024n ** BigInt(binary), exponent: 0, format: "BinarySI" };
  const decimal = decimalSuffixes.indexOf(suffix);
  if (decimal >= 0) return { factor: 1n, exponent: (decimal - 3) * 3, format: "DecimalSI" };
  return { factor: 1n, exponent: Math.max(-100, Math.min(100, Number(suffix.slice(1)))), format: "DecimalExponent" };
}

/**
 * No more digits than can change the result, however many a client sent: a whole part that is longer is beyond the
 * largest at every scale, and of a fraction the rest says only whether there is more, which rounds up.
 */
function telling(digits: string): string {
  if (digits.length <= maxTellingDigits) return digits;
  return digits.slice(0, maxTellingDigits) + (/[1-9]/.test(digits.slice(maxTellingDigits)) ? "1" : "");
}

function scaled(digits: bigint, exponent: number): bigint {
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : roundedUp(digits, 10n ** BigInt(-exponent));
}

/** Divides and rounds away from zero. */
function roundedUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  if (value % divisor === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

function formatBinary(value: bigint): string {
  let index = 0;
  while (index < binarySuffixes.length - 1 && value % 1024n === 0n) {
    value /= 1024n;
    index++;
  }
  return `${value}${binarySuffixes[index]}`;
}

function formatDecimal(nanos: bigint, asExponent: boolean): string {
  let index = 0;
  while (nanos % 1000n === 0n && (asExponent || index < decimalSuffixes.length - 1)) {
    nanos /= 1000n;
    index++;
  }
  if (!asExponent) return `${nanos}${decimalSuffixes[index]}`;
  const exponent = (index - 3) * 3;
  return exponent === 0 ? `${nanos}` : `${nanos}e${exponent}`;
}
