import { labelSelectorRequirement } from "../../meta/v1/label-selector.ts";
import { objectMeta } from "../../meta/v1/object-meta.ts";
import { fieldSelectorRequirement } from "../../meta/v1/options.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, listOf, map, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const fieldSelectorAttributes = struct("io.k8s.api.authorization.v1.FieldSelectorAttributes", {
  rawSelector: string(1, { optional: true }),
  requirements: list(2, fieldSelectorRequirement, { optional: true, listType: "atomic" }),
});
export interface FieldSelectorAttributes extends TypeOf<typeof fieldSelectorAttributes> {}

export const labelSelectorAttributes = struct("io.k8s.api.authorization.v1.LabelSelectorAttributes", {
  rawSelector: string(1, { optional: true }),
  requirements: list(2, labelSelectorRequirement, { optional: true, listType: "atomic" }),
});
export interface LabelSelectorAttributes extends TypeOf<typeof labelSelectorAttributes> {}

export const resourceAttributes = struct("io.k8s.api.authorization.v1.ResourceAttributes", {
  namespace: string(1, { optional: true }),
  verb: string(2, { optional: true }),
  group: string(3, { optional: true }),
  version: string(4, { optional: true }),
  resource: string(5, { optional: true }),
  subresource: string(6, { optional: true }),
  name: string(7, { optional: true }),
  fieldSelector: message(8, fieldSelectorAttributes, { optional: true, pointer: true }),
  labelSelector: message(9, labelSelectorAttributes, { optional: true, pointer: true }),
});
export interface ResourceAttributes extends TypeOf<typeof resourceAttributes> {}

export const nonResourceAttributes = struct("io.k8s.api.authorization.v1.NonResourceAttributes", {
  path: string(1, { optional: true }),
  verb: string(2, { optional: true }),
});
export interface NonResourceAttributes extends TypeOf<typeof nonResourceAttributes> {}

export const subjectAccessReviewSpec = struct("io.k8s.api.authorization.v1.SubjectAccessReviewSpec", {
  resourceAttributes: message(1, resourceAttributes, { optional: true, pointer: true }),
  nonResourceAttributes: message(2, nonResourceAttributes, { optional: true, pointer: true }),
  user: string(3, { optional: true }),
  groups: list(4, strings, { optional: true, listType: "atomic" }),
  extra: map(5, listOf(strings, { message: true }), { optional: true }),
  uid: string(6, { optional: true }),
});
export interface SubjectAccessReviewSpec extends TypeOf<typeof subjectAccessReviewSpec> {}

export const selfSubjectAccessReviewSpec = struct("io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec", {
  resourceAttributes: message(1, resourceAttributes, { optional: true, pointer: true }),
  nonResourceAttributes: message(2, nonResourceAttributes, { optional: true, pointer: true }),
});
export interface SelfSubjectAccessReviewSpec extends TypeOf<typeof selfSubjectAccessReviewSpec> {}

export const subjectAccessReviewStatus = struct("io.k8s.api.authorization.v1.SubjectAccessReviewStatus", {
  allowed: boolean(1),
  denied: boolean(4, { optional: true }),
  reason: string(2, { optional: true }),
  evaluationError: string(3, { optional: true }),
});
export interface SubjectAccessReviewStatus extends TypeOf<typeof subjectAccessReviewStatus> {}

export const subjectAccessReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SubjectAccessReview",
  doc: "Asks whether somebody may do something.",
  fields: {
    metadata: message(1, objectMeta),
    spec: message(2, subjectAccessReviewSpec),
    status: message(3, subjectAccessReviewStatus, { optional: true }),
  },
});
export interface SubjectAccessReview extends ObjectOf<typeof subjectAccessReviewType> {}

export const selfSubjectAccessReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectAccessReview",
  doc: "Asks whether the asker may do something.",
  fields: {
    metadata: message(1, objectMeta),
    spec: message(2, selfSubjectAccessReviewSpec),
    status: message(3, subjectAccessReviewStatus, { optional: true }),
  },
});
export interface SelfSubjectAccessReview extends ObjectOf<typeof selfSubjectAccessReviewType> {}

export const localSubjectAccessReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "LocalSubjectAccessReview",
  doc: "Asks whether somebody may do something within one namespace.",
  fields: {
    metadata: message(1, objectMeta),
    spec: message(2, subjectAccessReviewSpec),
    status: message(3, subjectAccessReviewStatus, { optional: true }),
  },
});
export interface LocalSubjectAccessReview extends ObjectOf<typeof localSubjectAccessReviewType> {}
