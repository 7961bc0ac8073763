import { type FieldError, invalid } from "../../field-error.ts";
import {
  nonNegative,
  validateAtMost100Percent,
  validateIntOrPercent,
  validateLabelSelector,
} from "../../validation.ts";
import type { PodDisruptionBudget } from "./pod-disruption-budget.ts";

export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    errors.push(invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const field of ["minAvailable", "maxUnavailable"] as const) {
    const value = spec[field];
    if (value === undefined) continue;
    errors.push(...validateIntOrPercent(`spec.${field}`, value), ...validateAtMost100Percent(`spec.${field}`, value));
  }
  return [...errors, ...validateLabelSelector("spec.selector", spec.selector)];
}

export function validatePodDisruptionBudgetStatus({ status }: PodDisruptionBudget): FieldError[] {
  return (["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] as const).flatMap(field =>
    nonNegative(`status.${field}`, status?.[field]),
  );
}
