import { qualifiedNameErrors } from "#wire/names.ts";
import { age } from "../../columns.ts";
import { invalid } from "../../field-error.ts";
import { unknownFinalizer } from "../../meta/v1/object-meta-validation.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { list, oneOf, string, strings, struct, type TypeOf, time } from "../../schema.ts";

export const namespaceSpec = struct("io.k8s.api.core.v1.NamespaceSpec", {
  finalizers: list(1, strings, {
    optional: true,
    listType: "atomic",
    doc: "Who must finish before an ended namespace goes.",
  }),
});
export interface NamespaceSpec extends TypeOf<typeof namespaceSpec> {}

export const namespaceCondition = struct("io.k8s.api.core.v1.NamespaceCondition", {
  type: string(1, { doc: "What the condition is about." }),
  status: string(2, { doc: "True, False or Unknown." }),
  lastTransitionTime: time(4, { optional: true, doc: "When the status last changed." }),
  reason: string(5, { optional: true, doc: "One word for why it is so." }),
  message: string(6, { optional: true, doc: "A sentence for people about why it is so." }),
});
export interface NamespaceCondition extends TypeOf<typeof namespaceCondition> {}

export const namespaceStatus = struct("io.k8s.api.core.v1.NamespaceStatus", {
  phase: oneOf(1, ["Active", "Terminating"], { optional: true, doc: "Active or Terminating." }),
  conditions: list(2, namespaceCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "How the deletion of what is in it goes.",
  }),
});
export interface NamespaceStatus extends TypeOf<typeof namespaceStatus> {}

export interface Namespace extends KubernetesObject {
  readonly spec: NamespaceSpec;
  readonly status?: NamespaceStatus | undefined;
}

export const namespaces: ResourceDefinition<Namespace> = defineResource({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  scope: "Cluster",
  subresources: [{ name: "finalize", kind: "Namespace", verbs: ["update"] }, "status"],
  doc: "A named part of the cluster: names of objects are unique within it.",
  nameForm: "dns1123Label",

  spec: namespaceSpec,
  status: namespaceStatus,

  selectableFields: { "status.phase": namespace => namespace.status?.phase ?? "" },
  columns: [
    { name: "Status", type: "string", doc: "Active or Terminating.", value: ({ status }) => status?.phase ?? "" },
    age,
  ],

  setDefaults(namespace) {
    const { metadata } = namespace;
    const label = "kubernetes.io/metadata.name";
    if (metadata.name && metadata.labels?.[label] !== metadata.name) {
      metadata.labels = { ...metadata.labels, [label]: metadata.name };
    }
    namespace.status ??= {};
    namespace.status.phase ||= "Active";
  },
  prepareForCreate(namespace) {
    namespace.status = { phase: "Active" };
    const finalizers = namespace.spec?.finalizers ?? [];
    if (!finalizers.includes("kubernetes")) namespace.spec = { finalizers: [...finalizers, "kubernetes"] };
  },
  /** Finalizers of the spec change only through /finalize. */
  prepareForUpdate(namespace, old) {
    namespace.spec = { ...namespace.spec, finalizers: [...(old.spec.finalizers ?? [])] };
  },
  validate: namespace =>
    (namespace.spec?.finalizers ?? []).flatMap(finalizer => [
      ...qualifiedNameErrors(finalizer).map(text => invalid("spec.finalizers", finalizer, text)),
      ...unknownFinalizer("spec.finalizers", finalizer),
    ]),
});
