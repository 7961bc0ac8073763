import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";
import { userInfo } from "./user-info.ts";

export const tokenReviewSpec = struct("io.k8s.api.authentication.v1.TokenReviewSpec", {
  token: string(1, { optional: true }),
  audiences: list(2, strings, { optional: true, listType: "atomic" }),
});
export interface TokenReviewSpec extends TypeOf<typeof tokenReviewSpec> {}

export const tokenReviewStatus = struct("io.k8s.api.authentication.v1.TokenReviewStatus", {
  authenticated: boolean(1, { optional: true }),
  user: message(2, userInfo, { optional: true }),
  audiences: list(4, strings, { optional: true, listType: "atomic" }),
  error: string(3, { optional: true }),
});
export interface TokenReviewStatus extends TypeOf<typeof tokenReviewStatus> {}

export const tokenReviewType = defineType({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenReview",
  doc: "Asks whose token this is.",
  fields: {
    metadata: message(1, objectMeta),
    spec: message(2, tokenReviewSpec),
    status: message(3, tokenReviewStatus, { optional: true }),
  },
});
export interface TokenReview extends ObjectOf<typeof tokenReviewType> {}
