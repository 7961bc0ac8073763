import { defineType, type ObjectOf } from "../../resource.ts";
import { int32, list, message, string, struct, type TypeOf } from "../../schema.ts";
import { listMeta } from "./list-meta.ts";

export const statusCause = struct("io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause", {
  reason: string(1, { optional: true, doc: "One word for what is wrong." }),
  message: string(2, { optional: true, doc: "A sentence about it." }),
  field: string(3, { optional: true, doc: "The field that it is about." }),
});
export interface StatusCause extends TypeOf<typeof statusCause> {}

export const statusDetails = struct("io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails", {
  name: string(1, { optional: true, doc: "The object that it is about." }),
  group: string(2, { optional: true, doc: "Its group." }),
  kind: string(3, { optional: true, doc: "Its kind or resource." }),
  uid: string(6, { optional: true, doc: "Its uid." }),
  causes: list(4, statusCause, { optional: true, listType: "atomic", doc: "All that is wrong." }),
  retryAfterSeconds: int32(5, { optional: true, doc: "When it is worth trying again." }),
});
export interface StatusDetails extends TypeOf<typeof statusDetails> {}

export const statusType = defineType({
  group: "",
  version: "v1",
  kind: "Status",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
  doc: "The outcome of a request that answers no object.",
  fields: {
    metadata: message(1, listMeta, { doc: "List metadata." }),
    status: string(2, { optional: true, doc: "Success or Failure." }),
    message: string(3, { optional: true, doc: "A sentence about what happened." }),
    reason: string(4, { optional: true, doc: "One word for why it failed, for programs." }),
    details: message(5, statusDetails, { optional: true, pointer: true, doc: "More about it, by reason." }),
    code: int32(6, { optional: true, doc: "The HTTP status code." }),
  },
});
export interface Status extends ObjectOf<typeof statusType> {}
