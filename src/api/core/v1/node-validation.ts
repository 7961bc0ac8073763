import { jsonEqual } from "#base/json-equal.ts";
import { isCidr } from "#wire/ip.ts";
import { labelValueErrors, qualifiedNameErrors } from "#wire/names.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../../field-error.ts";
import { allInvalid } from "../../validation.ts";
import type { Node, Taint } from "./node.ts";

export function validateNode(node: Node, old: Node | undefined): FieldError[] {
  const errors = taintErrors(node.spec?.taints ?? []);
  for (const [index, cidr] of (node.spec?.podCIDRs ?? []).entries()) {
    if (!isCidr(cidr)) {
      errors.push(
        invalid(`spec.podCIDRs[${index}]`, cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
      );
    }
  }
  return old ? [...errors, ...changeErrors(node, old)] : errors;
}

function taintErrors(taints: readonly Taint[]): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const path = `spec.taints[${index}]`;
    const errors = [
      ...allInvalid(`${path}.key`, taint.key, qualifiedNameErrors(taint.key)),
      ...allInvalid(`${path}.value`, taint.value ?? "", labelValueErrors(taint.value ?? "")),
    ];
    if (!taint.effect) errors.push(required(`${path}.effect`));
    const id = `${taint.key}:${taint.effect}`;
    if (seen.has(id)) errors.push(duplicate(path, taint));
    seen.add(id);
    return errors;
  });
}

/** Addresses and identity, once given, stay. */
function changeErrors(node: Node, old: Node): FieldError[] {
  const errors: FieldError[] = [];
  if (old.spec.podCIDRs?.length && !jsonEqual(node.spec.podCIDRs, old.spec.podCIDRs)) {
    errors.push(forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old.spec.providerID && node.spec.providerID !== old.spec.providerID) {
    errors.push(forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid'));
  }
  return errors;
}
