import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const selfSubjectRulesReviewSpec = struct("io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec", {
  namespace: string(1, { optional: true, doc: "The namespace that is asked about." }),
});
export interface SelfSubjectRulesReviewSpec extends TypeOf<typeof selfSubjectRulesReviewSpec> {}

export const resourceRule = struct("io.k8s.api.authorization.v1.ResourceRule", {
  verbs: list(1, strings, { listType: "atomic", doc: "What may be done; `*` is everything." }),
  apiGroups: list(2, strings, { optional: true, listType: "atomic", doc: "The groups it may be done in; `*` is all." }),
  resources: list(3, strings, {
    optional: true,
    listType: "atomic",
    doc: "The resources it may be done to; `*` is all.",
  }),
  resourceNames: list(4, strings, {
    optional: true,
    listType: "atomic",
    doc: "The objects it may be done to; all when left out.",
  }),
});
export interface ResourceRule extends TypeOf<typeof resourceRule> {}

export const nonResourceRule = struct("io.k8s.api.authorization.v1.NonResourceRule", {
  verbs: list(1, strings, { listType: "atomic", doc: "HTTP methods in small letters; `*` is all." }),
  nonResourceURLs: list(2, strings, {
    optional: true,
    listType: "atomic",
    doc: "Paths; a `*` at the end stands for all that begin so.",
  }),
});
export interface NonResourceRule extends TypeOf<typeof nonResourceRule> {}

export const subjectRulesReviewStatus = struct("io.k8s.api.authorization.v1.SubjectRulesReviewStatus", {
  resourceRules: list(1, resourceRule, { listType: "atomic", doc: "What may be done to objects." }),
  nonResourceRules: list(2, nonResourceRule, { listType: "atomic", doc: "What may be done to other paths." }),
  incomplete: boolean(3, { doc: "True: there may be more rules than these." }),
  evaluationError: string(4, { optional: true, doc: "What went wrong while the rules were gathered." }),
});
export interface SubjectRulesReviewStatus extends TypeOf<typeof subjectRulesReviewStatus> {}

export const selfSubjectRulesReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectRulesReview",
  doc: "Asks for all that the asker may do within a namespace.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, selfSubjectRulesReviewSpec, { doc: "The namespace that the sender asks about." }),
    status: message(3, subjectRulesReviewStatus, { optional: true, doc: "The rules, filled in by the server." }),
  },
});
export interface SelfSubjectRulesReview extends ObjectOf<typeof selfSubjectRulesReviewType> {}
