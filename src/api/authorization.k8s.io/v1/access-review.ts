import { labelSelectorRequirement } from "../../meta/v1/label-selector.ts";
import { objectMeta } from "../../meta/v1/object-meta.ts";
import { fieldSelectorRequirement } from "../../meta/v1/options.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, listOf, map, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const fieldSelectorAttributes = struct("io.k8s.api.authorization.v1.FieldSelectorAttributes", {
  rawSelector: string(1, {
    optional: true,
    doc: "The selector as a request writes it; only where requirements are not given.",
  }),
  requirements: list(2, fieldSelectorRequirement, {
    optional: true,
    listType: "atomic",
    doc: "What is demanded of fields; all must hold.",
  }),
});
export interface FieldSelectorAttributes extends TypeOf<typeof fieldSelectorAttributes> {}

export const labelSelectorAttributes = struct("io.k8s.api.authorization.v1.LabelSelectorAttributes", {
  rawSelector: string(1, {
    optional: true,
    doc: "The selector as a request writes it; only where requirements are not given.",
  }),
  requirements: list(2, labelSelectorRequirement, {
    optional: true,
    listType: "atomic",
    doc: "What is demanded of labels; all must hold.",
  }),
});
export interface LabelSelectorAttributes extends TypeOf<typeof labelSelectorAttributes> {}

export const resourceAttributes = struct("io.k8s.api.authorization.v1.ResourceAttributes", {
  namespace: string(1, { optional: true, doc: "The namespace; empty for all of them, or for what lies in none." }),
  verb: string(2, {
    optional: true,
    doc: "get, list, watch, create, update, patch, delete, deletecollection, proxy, or `*`.",
  }),
  group: string(3, { optional: true, doc: "The API group, or `*`." }),
  version: string(4, { optional: true, doc: "The API version, or `*`." }),
  resource: string(5, { optional: true, doc: "The resource in its plural form, or `*`." }),
  subresource: string(6, { optional: true, doc: "The part of it, such as `log`; empty for the object itself." }),
  name: string(7, { optional: true, doc: "The object; empty for all." }),
  fieldSelector: message(8, fieldSelectorAttributes, {
    optional: true,
    pointer: true,
    doc: "Only objects whose fields are like this.",
  }),
  labelSelector: message(9, labelSelectorAttributes, {
    optional: true,
    pointer: true,
    doc: "Only objects whose labels are like this.",
  }),
});
export interface ResourceAttributes extends TypeOf<typeof resourceAttributes> {}

export const nonResourceAttributes = struct("io.k8s.api.authorization.v1.NonResourceAttributes", {
  path: string(1, { optional: true, doc: "The path, such as `/healthz`." }),
  verb: string(2, { optional: true, doc: "The HTTP method in small letters." }),
});
export interface NonResourceAttributes extends TypeOf<typeof nonResourceAttributes> {}

export const subjectAccessReviewSpec = struct("io.k8s.api.authorization.v1.SubjectAccessReviewSpec", {
  resourceAttributes: message(1, resourceAttributes, {
    optional: true,
    pointer: true,
    doc: "The access to objects that is asked about.",
  }),
  nonResourceAttributes: message(2, nonResourceAttributes, {
    optional: true,
    pointer: true,
    doc: "The access to another path that is asked about.",
  }),
  user: string(3, { optional: true, doc: "The user who is asked about." }),
  groups: list(4, strings, { optional: true, listType: "atomic", doc: "The groups that the user is in." }),
  extra: map(5, listOf(strings, { message: true }), { optional: true, doc: "What else is known of the user." }),
  uid: string(6, { optional: true, doc: "The user's uid." }),
});
export interface SubjectAccessReviewSpec extends TypeOf<typeof subjectAccessReviewSpec> {}

export const selfSubjectAccessReviewSpec = struct("io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec", {
  resourceAttributes: message(1, resourceAttributes, {
    optional: true,
    pointer: true,
    doc: "The access to objects that is asked about.",
  }),
  nonResourceAttributes: message(2, nonResourceAttributes, {
    optional: true,
    pointer: true,
    doc: "The access to another path that is asked about.",
  }),
});
export interface SelfSubjectAccessReviewSpec extends TypeOf<typeof selfSubjectAccessReviewSpec> {}

export const subjectAccessReviewStatus = struct("io.k8s.api.authorization.v1.SubjectAccessReviewStatus", {
  allowed: boolean(1, { doc: "True: it may be done." }),
  denied: boolean(4, {
    optional: true,
    doc: "True: it was refused outright; false with allowed false: nobody allowed it.",
  }),
  reason: string(2, { optional: true, doc: "Why, for people." }),
  evaluationError: string(3, {
    optional: true,
    doc: "What went wrong while deciding; the decision stands all the same.",
  }),
});
export interface SubjectAccessReviewStatus extends TypeOf<typeof subjectAccessReviewStatus> {}

export const subjectAccessReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SubjectAccessReview",
  doc: "Asks whether somebody may do something.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, subjectAccessReviewSpec, { doc: "Whose access to what is asked about." }),
    status: message(3, subjectAccessReviewStatus, { optional: true, doc: "The answer, filled in by the server." }),
  },
});
export interface SubjectAccessReview extends ObjectOf<typeof subjectAccessReviewType> {}

export const selfSubjectAccessReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectAccessReview",
  doc: "Asks whether the asker may do something.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, selfSubjectAccessReviewSpec, { doc: "The access that the sender asks about." }),
    status: message(3, subjectAccessReviewStatus, { optional: true, doc: "The answer, filled in by the server." }),
  },
});
export interface SelfSubjectAccessReview extends ObjectOf<typeof selfSubjectAccessReviewType> {}

export const localSubjectAccessReviewType = defineType({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "LocalSubjectAccessReview",
  doc: "Asks whether somebody may do something within one namespace.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, subjectAccessReviewSpec, { doc: "Whose access to what is asked about, in this namespace." }),
    status: message(3, subjectAccessReviewStatus, { optional: true, doc: "The answer, filled in by the server." }),
  },
});
export interface LocalSubjectAccessReview extends ObjectOf<typeof localSubjectAccessReviewType> {}
