import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";
import { userInfo } from "./user-info.ts";

export const tokenReviewSpec = struct("io.k8s.api.authentication.v1.TokenReviewSpec", {
  token: string(1, { optional: true, doc: "The token to judge." }),
  audiences: list(2, strings, {
    optional: true,
    listType: "atomic",
    doc: "Who wants to accept it; the API server when left out.",
  }),
});
export interface TokenReviewSpec extends TypeOf<typeof tokenReviewSpec> {}

export const tokenReviewStatus = struct("io.k8s.api.authentication.v1.TokenReviewStatus", {
  authenticated: boolean(1, { optional: true, doc: "True: the token is good." }),
  user: message(2, userInfo, { optional: true, doc: "Whose token it is." }),
  audiences: list(4, strings, {
    optional: true,
    listType: "atomic",
    doc: "Which of the asked audiences it is good for.",
  }),
  error: string(3, { optional: true, doc: "Why it could not be judged." }),
});
export interface TokenReviewStatus extends TypeOf<typeof tokenReviewStatus> {}

export const tokenReviewType = defineType({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenReview",
  doc: "Asks whose token this is.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, tokenReviewSpec, { doc: "The token that is asked about." }),
    status: message(3, tokenReviewStatus, { optional: true, doc: "The answer, filled in by the server." }),
  },
});
export interface TokenReview extends ObjectOf<typeof tokenReviewType> {}
