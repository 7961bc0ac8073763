/** One cause of a 422, in upstream's vocabulary (apimachinery's field errors). */
export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].name`; map keys in brackets: `metadata.labels[app]`. */
  readonly field: string;
  /** The value as sent; left out of the message for Required, Forbidden and TooLong as upstream does. */
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
