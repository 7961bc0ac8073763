import { jsonEqual } from "#base/json-equal.ts";
import { percentOf } from "#wire/int-or-percent.ts";
import { isIPv4, isIPv6 } from "#wire/ip.ts";
import { inRangeMessage, labelValueErrors, portNameErrors, qualifiedNameErrors } from "#wire/names.ts";
import { type FieldError, forbidden, invalid, required } from "./field-error.ts";
import type { LabelSelector } from "./meta/v1/label-selector.ts";
import { validateLabels } from "./meta/v1/object-meta-validation.ts";

/** Checks that the rules of several kinds share; each answers what is wrong at `path`. */

export function allInvalid(path: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map(message => invalid(path, value, message));
}

export function nonNegative(path: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(path, value, "must be greater than or equal to 0")] : [];
}

export const immutableMessage = "field is immutable";

export function unchanged(path: string, value: unknown, old: unknown): FieldError[] {
  return jsonEqual(value, old) ? [] : [invalid(path, value ?? null, immutableMessage)];
}

export function validatePort(path: string, port: number): FieldError[] {
  return port >= 1 && port <= 65535 ? [] : [invalid(path, port, inRangeMessage(1, 65535))];
}

export function validatePortNumberOrName(path: string, port: number | string): FieldError[] {
  return typeof port === "number" ? validatePort(path, port) : allInvalid(path, port, portNameErrors(port));
}

export function validateIp(path: string, ip: string): FieldError[] {
  if (isIPv4(ip) || isIPv6(ip)) return [];
  return [invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];
}

/** A number that is not negative, or a percentage. */
export function validateIntOrPercent(path: string, value: number | string): FieldError[] {
  if (typeof value === "number") return nonNegative(path, value);
  if (percentOf(value) !== undefined && !/^[+-]/.test(value)) return [];
  return [
    invalid(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ];
}

export function validateAtMost100Percent(path: string, value: number | string): FieldError[] {
  const percent = typeof value === "string" ? percentOf(value) : undefined;
  return percent !== undefined && percent > 100 ? [invalid(path, value, "must not be greater than 100%")] : [];
}

export function validateLabelSelector(path: string, selector: LabelSelector | undefined): FieldError[] {
  if (selector === undefined) return [];
  const errors = validateLabels(selector.matchLabels, `${path}.matchLabels`);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`;
    errors.push(
      ...validateSelectorOperator(at, operator, values.length),
      ...allInvalid(`${at}.key`, key, qualifiedNameErrors(key)),
    );
    values.forEach((value, valueIndex) => {
      errors.push(...allInvalid(`${at}.values[${valueIndex}]`, value, labelValueErrors(value)));
    });
  }
  return errors;
}

/** Whether an operator of a label selector has as many values as it takes. */
export function validateSelectorOperator(path: string, operator: string, valueCount: number): FieldError[] {
  switch (operator) {
    case "In":
    case "NotIn":
      if (valueCount > 0) return [];
      return [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case "Exists":
    case "DoesNotExist":
      if (valueCount === 0) return [];
      return [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalid(`${path}.operator`, operator, "not a valid selector operator")];
  }
}
