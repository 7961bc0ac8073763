import { defineResource, type ObjectOf } from "../../resource.ts";
import { boolean, list } from "../../schema.ts";
import { localObjectReference, objectReference } from "./reference.ts";

export const serviceAccounts = defineResource({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  scope: "Namespaced",
  subresources: [
    { name: "token", kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] },
  ],
  doc: "",

  fields: {
    secrets: list(2, objectReference, {
      optional: true,
      listType: "map",
      mapKeys: ["name"],
      patchStrategy: "merge",
      mergeKey: "name",
    }),
    imagePullSecrets: list(3, localObjectReference, { optional: true, listType: "atomic" }),
    automountServiceAccountToken: boolean(4, { optional: true, pointer: true }),
  },

  columns: [
    { name: "Secrets", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
  ],
});
export interface ServiceAccount extends ObjectOf<typeof serviceAccounts> {}
