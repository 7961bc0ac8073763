import { age } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { boolean, list, type StructOf } from "../../schema.ts";
import { localObjectReference, objectReference } from "./reference.ts";

const fields = {
  secrets: list(2, objectReference, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "Secrets that pods with this identity may use.",
  }),
  imagePullSecrets: list(3, localObjectReference, {
    optional: true,
    listType: "atomic",
    doc: "Secrets for registries, given to pods with this identity.",
  }),
  automountServiceAccountToken: boolean(4, {
    optional: true,
    pointer: true,
    doc: "False: pods get no token unless they ask.",
  }),
};

export interface ServiceAccount extends KubernetesObject, StructOf<typeof fields> {}

export const serviceAccounts: ResourceDefinition<ServiceAccount> = defineResource({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  scope: "Namespaced",
  subresources: [
    { name: "token", kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] },
  ],
  doc: "An identity for the processes of pods.",

  fields,

  columns: [
    { name: "Secrets", type: "string", doc: "Number of secrets listed.", value: ({ secrets = [] }) => secrets.length },
    age,
  ],
  prepareForCreate(account) {
    account.secrets &&= account.secrets.map(({ name }) => ({ name }));
  },
});
