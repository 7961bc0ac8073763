import { selfSubjectReviewType } from "#api/authentication.k8s.io/v1/self-subject-review.ts";
import { tokenReviewType } from "#api/authentication.k8s.io/v1/token-review.ts";
import {
  localSubjectAccessReviewType,
  selfSubjectAccessReviewType,
  subjectAccessReviewType,
} from "#api/authorization.k8s.io/v1/access-review.ts";
import { selfSubjectRulesReviewType } from "#api/authorization.k8s.io/v1/rules-review.ts";
import { bindingType } from "#api/core/v1/binding.ts";
import type { TypeDefinition, Verb } from "#api/resource.ts";

/** A kind that is served but never stored: create answers with what the server found out. */
export interface ReviewResource {
  readonly definition: TypeDefinition;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
}

/** Every create-only resource, beside the stored ones of `api/list.ts`. */
export const reviewResources: readonly ReviewResource[] = [
  review(bindingType, "bindings", true),
  review(selfSubjectReviewType, "selfsubjectreviews", false),
  review(tokenReviewType, "tokenreviews", false),
  review(localSubjectAccessReviewType, "localsubjectaccessreviews", true),
  review(selfSubjectAccessReviewType, "selfsubjectaccessreviews", false),
  review(selfSubjectRulesReviewType, "selfsubjectrulesreviews", false),
  review(subjectAccessReviewType, "subjectaccessreviews", false),
];

function review<T>(definition: TypeDefinition<T>, plural: string, namespaced: boolean): ReviewResource {
  return {
    definition: definition,
    plural,
    singular: definition.kind.toLowerCase(),
    namespaced,
    verbs: ["create"],
  };
}
