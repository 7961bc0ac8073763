import { goQuote } from "./go-text.ts";

/** One cause of a 422, in upstream's vocabulary (apimachinery's field errors). */
export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].name`; map keys in brackets: `metadata.labels[app]`. */
  readonly field: string;
  /** The value as sent; left out of the message when undefined, and for Required, Forbidden and TooLong. */
  readonly badValue?: unknown;
  readonly detail: string;
  /** For NotSupported: the values that would do, in the order to print. */
  readonly supported?: readonly string[];
}

/** Reason of a StatusCause for each type is in `api/status.ts`. */
export type FieldErrorType =
  | "Required"
  | "Invalid"
  | "NotSupported"
  | "Duplicate"
  | "Forbidden"
  | "NotFound"
  | "TooLong"
  | "TooMany"
  | "TypeInvalid"
  | "InternalError";

export const required = (field: string, detail = ""): FieldError => ({ type: "Required", field, detail });

export const invalid = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: "Invalid",
  field,
  badValue,
  detail,
});

export const notSupported = (field: string, badValue: unknown, supported: readonly string[]): FieldError => ({
  type: "NotSupported",
  field,
  badValue,
  detail: "",
  supported,
});

export const duplicate = (field: string, badValue: unknown): FieldError => ({
  type: "Duplicate",
  field,
  badValue,
  detail: "",
});

export const forbidden = (field: string, detail: string): FieldError => ({ type: "Forbidden", field, detail });

export const notFoundField = (field: string, badValue: unknown): FieldError => ({
  type: "NotFound",
  field,
  badValue,
  detail: "",
});

export const tooLong = (field: string, maxBytes: number): FieldError => ({
  type: "TooLong",
  field,
  detail: `may not be more than ${maxBytes} bytes`,
});

export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: "TooMany",
  field,
  badValue: actual,
  detail: `must have at most ${max} items`,
});

const titles: Readonly<Record<FieldErrorType, string>> = {
  Required: "Required value",
  Invalid: "Invalid value",
  NotSupported: "Unsupported value",
  Duplicate: "Duplicate value",
  Forbidden: "Forbidden",
  NotFound: "Not found",
  TooLong: "Too long",
  TooMany: "Too many",
  TypeInvalid: "Invalid value",
  InternalError: "Internal error",
};

const withoutValue: ReadonlySet<FieldErrorType> = new Set(["Required", "Forbidden", "TooLong", "InternalError"]);

/** The message without the field: `Invalid value: "x": must be ...`, as a StatusCause carries it. */
export function fieldErrorBody(error: FieldError): string {
  const detail = error.supported ? supportedValues(error.supported) : error.detail;
  const parts = [titles[error.type]];
  if (error.badValue !== undefined && !withoutValue.has(error.type)) parts.push(valueText(error.badValue));
  if (detail !== "") parts.push(detail);
  return parts.join(": ");
}

export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`;
}

function supportedValues(values: readonly string[]): string {
  return `supported values: ${values.map(goQuote).join(", ")}`;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? goQuote(value) : JSON.stringify(value);
}
