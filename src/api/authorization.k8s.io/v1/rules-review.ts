import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const selfSubjectRulesReviewSpec = struct("io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec", {
  namespace: string(1, { optional: true }),
});
export interface SelfSubjectRulesReviewSpec extends TypeOf<typeof selfSubjectRulesReviewSpec> {}

export const resourceRule = struct("io.k8s.api.authorization.v1.ResourceRule", {
  verbs: list(1, strings, { listType: "atomic" }),
  apiGroups: list(2, strings, { optional: true, listType: "atomic" }),
  resources: list(3, strings, { optional: true, listType: "atomic" }),
  resourceNames: list(4, strings, { optional: true, listType: "atomic" }),
});
export interface ResourceRule extends TypeOf<typeof resourceRule> {}

export const nonResourceRule = struct("io.k8s.api.authorization.v1.NonResourceRule", {
  verbs: list(1, strings, { listType: "atomic" }),
  nonResourceURLs: list(2, strings, { optional: true, listType: "atomic" }),
});
export interface NonResourceRule extends TypeOf<typeof nonResourceRule> {}

export const subjectRulesReviewStatus = struct("io.k8s.api.authorization.v1.SubjectRulesReviewStatus", {
  resourceRules: list(1, resourceRule, { listType: "atomic" }),
  nonResourceRules: list(2, nonResourceRule, { listType: "atomic" }),
  incomplete: boolean(3),
  evaluationError: string(4, { optional: true }),
});
export interface SubjectRulesReviewStatus extends TypeOf<typeof subjectRulesReviewStatus> {}

export const selfSubjectRulesReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectRulesReview",
  doc: "Asks for all that the asker may do within a namespace.",
  fields: {
    metadata: message(1, objectMeta),
    spec: message(2, selfSubjectRulesReviewSpec),
    status: message(3, subjectRulesReviewStatus, { optional: true }),
  },
});
export interface SelfSubjectRulesReview extends ObjectOf<typeof selfSubjectRulesReviewType> {}
