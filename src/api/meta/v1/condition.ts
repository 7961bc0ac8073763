import { int64, string, struct, type TypeOf, time } from "../../schema.ts";

export const condition = struct("io.k8s.apimachinery.pkg.apis.meta.v1.Condition", {
  type: string(1),
  status: string(2),
  observedGeneration: int64(3, { optional: true }),
  lastTransitionTime: time(4),
  reason: string(5),
  message: string(6),
});
export interface Condition extends TypeOf<typeof condition> {}
