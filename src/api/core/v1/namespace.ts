import { defineResource, type ObjectOf } from "../../resource.ts";
import { list, oneOf, string, strings, struct, type TypeOf, time } from "../../schema.ts";

export const namespaceSpec = struct("io.k8s.api.core.v1.NamespaceSpec", {
  finalizers: list(1, strings, { optional: true, listType: "atomic" }),
});
export interface NamespaceSpec extends TypeOf<typeof namespaceSpec> {}

export const namespaceCondition = struct("io.k8s.api.core.v1.NamespaceCondition", {
  type: string(1),
  status: string(2),
  lastTransitionTime: time(4, { optional: true }),
  reason: string(5, { optional: true }),
  message: string(6, { optional: true }),
});
export interface NamespaceCondition extends TypeOf<typeof namespaceCondition> {}

export const namespaceStatus = struct("io.k8s.api.core.v1.NamespaceStatus", {
  phase: oneOf(1, ["Active", "Terminating"], { optional: true }),
  conditions: list(2, namespaceCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
  }),
});
export interface NamespaceStatus extends TypeOf<typeof namespaceStatus> {}

export const namespaces = defineResource({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  scope: "Cluster",
  subresources: [{ name: "finalize", kind: "Namespace", verbs: ["update"] }, "status"],
  doc: "",

  spec: namespaceSpec,
  status: namespaceStatus,

  columns: [
    { name: "Status", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
  ],
});
export interface Namespace extends ObjectOf<typeof namespaces> {}
