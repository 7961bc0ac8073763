import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { message } from "../../schema.ts";
import { objectReference } from "./reference.ts";

export const bindingType = defineType({
  group: "",
  version: "v1",
  kind: "Binding",
  doc: "Ties a pod to a node.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    target: message(2, objectReference, { doc: "The node that the pod goes to." }),
  },
});
export interface Binding extends ObjectOf<typeof bindingType> {}
