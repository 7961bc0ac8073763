import { int64, string, struct, type TypeOf, time } from "../../schema.ts";

export const condition = struct("io.k8s.apimachinery.pkg.apis.meta.v1.Condition", {
  type: string(1, { doc: "What the condition is about." }),
  status: string(2, { doc: "True, False or Unknown." }),
  observedGeneration: int64(3, { optional: true, doc: "The generation for which this was found." }),
  lastTransitionTime: time(4, { doc: "When the status last changed." }),
  reason: string(5, { doc: "Why, in one word." }),
  message: string(6, { doc: "Why, for people." }),
});
export interface Condition extends TypeOf<typeof condition> {}
