import { objectMeta } from "../../meta/v1/object-meta.ts";
import { deleteOptionsType } from "../../meta/v1/options.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { message } from "../../schema.ts";

export const evictionType = defineType({
  group: "policy",
  version: "v1",
  kind: "Eviction",
  doc: "Asks for a pod to be evicted, if disruption budgets allow it.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Name and namespace of the pod." }),
    deleteOptions: message(2, deleteOptionsType.struct, {
      optional: true,
      pointer: true,
      doc: "How the pod is to be deleted.",
    }),
  },
});
export interface Eviction extends ObjectOf<typeof evictionType> {}
