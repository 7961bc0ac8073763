import type { ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import { type FieldSet, leaf, type MaybeSet } from "./field-set.ts";

const status: FieldSet = { "f:status": leaf };
const spec: FieldSet = { "f:spec": leaf };
const specAndLabels: FieldSet = { "f:metadata": { "f:labels": leaf }, "f:spec": leaf };
const podStatus: FieldSet = {
  "f:metadata": { "f:deletionTimestamp": leaf, "f:ownerReferences": leaf },
  "f:spec": leaf,
};

/** What the server takes from the stored object whatever was sent: nobody comes to own it by sending it. */
export function resetFieldsOf(definition: TypeDefinition, subresource: string): MaybeSet {
  const { hasStatus, plural } = definition as Partial<ResourceDefinition>;
  if (!hasStatus) return undefined;
  if (subresource === "") return status;
  if (subresource !== "status") return undefined;
  if (definition.group === "" && plural === "pods") return podStatus;
  return definition.group === "apps" ? specAndLabels : spec;
}
