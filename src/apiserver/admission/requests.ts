import type { KubernetesObject, Mutable, ResourceDefinition } from "#api/resource.ts";
import { forbidden } from "#api/status.ts";
import type { AdmissionRequest } from "../attributes.ts";

type Operation = AdmissionRequest["operation"];

/** Whether a request writes the resource itself (or the subresource named) with one of these operations. */
export function concerns(
  request: AdmissionRequest,
  definition: ResourceDefinition,
  operations: readonly Operation[],
  subresource = "",
): boolean {
  return (
    request.resource.plural === definition.plural &&
    request.resource.group === definition.group &&
    request.attributes.subresource === subresource &&
    operations.includes(request.operation)
  );
}

/** The object that is being written, which a mutating plugin may change. The caller has asked {@link concerns}. */
export function objectOf<T extends KubernetesObject>(_definition: ResourceDefinition<T>, request: AdmissionRequest) {
  return request.object as Mutable<T>;
}

export function oldOf<T extends KubernetesObject>(_definition: ResourceDefinition<T>, request: AdmissionRequest) {
  return request.old as T;
}

/** A 403 that names the object as upstream names it: `pods "x" is forbidden: <message>`. */
export function refusal(request: AdmissionRequest, message: string): Error {
  const name = request.attributes.name || (request.object?.metadata.name ?? "");
  return forbidden(request.resource, name, message);
}
