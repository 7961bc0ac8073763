import { selfSubjectReviewType } from "#api/authentication.k8s.io/v1/self-subject-review.ts";
import { tokenReviewType } from "#api/authentication.k8s.io/v1/token-review.ts";
import {
  localSubjectAccessReviewType,
  selfSubjectAccessReviewType,
  subjectAccessReviewType,
} from "#api/authorization.k8s.io/v1/access-review.ts";
import { selfSubjectRulesReviewType } from "#api/authorization.k8s.io/v1/rules-review.ts";
import type { FieldError } from "#api/field-error.ts";
import type { TypeDefinition } from "#api/resource.ts";
import { badRequest, invalid } from "#api/status.ts";
import type { AuthenticatorDeps } from "../authn/authenticate.ts";
import { reviewToken } from "../authn/token-review.ts";
import type { ClusterAuthorizer } from "../authz/authorizer.ts";
import {
  reviewOwnAccess,
  reviewOwnRules,
  reviewSelf,
  reviewSubjectAccess,
  validateLocalNamespace,
  validateSelfSubjectAccessReview,
  validateSubjectAccessReview,
} from "../authz/reviews.ts";
import { type Review, reviewOf } from "./registry.ts";

export interface ReviewDeps extends AuthenticatorDeps {
  readonly authorizer: ClusterAuthorizer;
}

/** The kinds that are asked, not stored. */
export function reviews(deps: ReviewDeps): readonly Review[] {
  const { authorizer, clock } = deps;
  return [
    reviewOf({
      definition: tokenReviewType,
      plural: "tokenreviews",
      evaluate(review) {
        if (!review.spec.token) throw badRequest("token is required for TokenReview in authentication");
        return reviewToken(deps, review);
      },
    }),
    reviewOf({
      definition: selfSubjectReviewType,
      plural: "selfsubjectreviews",
      evaluate: (_review, { user }) => reviewSelf(clock, user),
    }),
    reviewOf({
      definition: subjectAccessReviewType,
      plural: "subjectaccessreviews",
      evaluate(review) {
        refuse(subjectAccessReviewType, validateSubjectAccessReview(review.spec));
        return { ...review, status: reviewSubjectAccess(authorizer, review.spec) };
      },
    }),
    reviewOf({
      definition: selfSubjectAccessReviewType,
      plural: "selfsubjectaccessreviews",
      evaluate(review, { user }) {
        refuse(selfSubjectAccessReviewType, validateSelfSubjectAccessReview(review.spec));
        return { ...review, status: reviewOwnAccess(authorizer, user, review.spec) };
      },
    }),
    reviewOf({
      definition: localSubjectAccessReviewType,
      plural: "localsubjectaccessreviews",
      evaluate(review, { info }) {
        const { spec } = review;
        refuse(localSubjectAccessReviewType, [
          ...validateSubjectAccessReview(spec),
          ...validateLocalNamespace(spec, info.namespace),
        ]);
        return { ...review, status: reviewSubjectAccess(authorizer, spec) };
      },
    }),
    reviewOf({
      definition: selfSubjectRulesReviewType,
      plural: "selfsubjectrulesreviews",
      evaluate(review, { user }) {
        const namespace = review.spec.namespace ?? "";
        if (namespace === "") throw badRequest("no namespace on request");
        return { ...review, status: reviewOwnRules(authorizer.rbac, user, namespace) };
      },
    }),
  ];
}

function refuse(definition: Pick<TypeDefinition, "group" | "kind">, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(definition, "", errors);
}
