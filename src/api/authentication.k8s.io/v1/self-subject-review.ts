import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { message, struct, type TypeOf } from "../../schema.ts";
import { userInfo } from "./user-info.ts";

export const selfSubjectReviewStatus = struct("io.k8s.api.authentication.v1.SelfSubjectReviewStatus", {
  userInfo: message(1, userInfo, { optional: true, doc: "Who the server takes the sender for." }),
});
export interface SelfSubjectReviewStatus extends TypeOf<typeof selfSubjectReviewStatus> {}

export const selfSubjectReviewType = defineType({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "SelfSubjectReview",
  doc: "Says who the asker is.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    status: message(2, selfSubjectReviewStatus, { optional: true, doc: "The answer, filled in by the server." }),
  },
});
export interface SelfSubjectReview extends ObjectOf<typeof selfSubjectReviewType> {}
