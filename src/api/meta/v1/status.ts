import { defineType, type ObjectOf } from "../../resource.ts";
import { int32, list, message, string, struct, type TypeOf } from "../../schema.ts";
import { listMeta } from "./list-meta.ts";

export const statusCause = struct("io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause", {
  reason: string(1, { optional: true }),
  message: string(2, { optional: true }),
  field: string(3, { optional: true }),
});
export interface StatusCause extends TypeOf<typeof statusCause> {}

export const statusDetails = struct("io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails", {
  name: string(1, { optional: true }),
  group: string(2, { optional: true }),
  kind: string(3, { optional: true }),
  uid: string(6, { optional: true }),
  causes: list(4, statusCause, { optional: true, listType: "atomic" }),
  retryAfterSeconds: int32(5, { optional: true }),
});
export interface StatusDetails extends TypeOf<typeof statusDetails> {}

export const statusType = defineType({
  group: "",
  version: "v1",
  kind: "Status",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
  doc: "The outcome of a request that answers no object.",
  fields: {
    metadata: message(1, listMeta),
    status: string(2, { optional: true }),
    message: string(3, { optional: true }),
    reason: string(4, { optional: true }),
    details: message(5, statusDetails, { optional: true, pointer: true }),
    code: int32(6, { optional: true }),
  },
});
export interface Status extends ObjectOf<typeof statusType> {}
