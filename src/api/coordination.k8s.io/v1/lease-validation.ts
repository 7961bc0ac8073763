import { type FieldError, invalid } from "../../field-error.ts";
import { nonNegative } from "../../validation.ts";
import type { Lease } from "./lease.ts";

export function validateLease({ spec }: Lease): FieldError[] {
  const errors: FieldError[] = [];
  const { leaseDurationSeconds, leaseTransitions } = spec ?? {};
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalid("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0"));
  }
  return [...errors, ...nonNegative("spec.leaseTransitions", leaseTransitions)];
}
