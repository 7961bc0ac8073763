import { qualifiedNameErrors } from "#wire/names.ts";
import { compareQuantities, parseQuantity } from "#wire/quantity.ts";
import { type FieldError, invalid, required } from "../../field-error.ts";
import { allInvalid } from "../../validation.ts";
import type { ResourceRequirements } from "./resources.ts";

type ResourceList = Readonly<Record<string, string>>;

/** Requests and limits of a container or a pod. */
export function validateResources(resources: ResourceRequirements | undefined, path: string): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  return [
    ...listErrors(limits, `${path}.limits`),
    ...listErrors(requests, `${path}.requests`),
    ...excessErrors(requests, limits, path),
  ];
}

function listErrors(list: ResourceList, path: string): FieldError[] {
  return Object.entries(list).flatMap(([name, text]) => {
    const errors = nameErrors(name, `${path}[${name}]`);
    if (parseQuantity(text).nanos < 0n)
      errors.push(invalid(`${path}[${name}]`, text, "must be greater than or equal to 0"));
    return errors;
  });
}

const standard: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

function nameErrors(name: string, path: string): FieldError[] {
  const errors = allInvalid(path, name, qualifiedNameErrors(name));
  if (errors.length > 0 || name.includes("/") || standard.has(name) || name.startsWith("hugepages-")) return errors;
  return [
    invalid(path, name, "must be a standard resource type or fully qualified"),
    invalid(path, name, "must be a standard resource for containers"),
  ];
}

/** Nothing may be requested beyond its limit; what cannot be shared out must be requested as it is limited. */
function excessErrors(requests: ResourceList, limits: ResourceList, path: string): FieldError[] {
  return Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    const isShared = standard.has(name);
    if (limit === undefined) {
      return isShared ? [] : [required(`${path}.limits`, "Limit must be set for non overcommitable resources")];
    }
    const order = compareQuantities(parseQuantity(request), parseQuantity(limit));
    if (isShared && order > 0)
      return [invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)];
    if (!isShared && order !== 0)
      return [invalid(`${path}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
    return [];
  });
}
