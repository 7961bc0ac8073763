import type { SelfSubjectReview } from "#api/authentication.k8s.io/v1/self-subject-review.ts";
import type {
  SelfSubjectAccessReviewSpec,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from "#api/authorization.k8s.io/v1/access-review.ts";
import type {
  NonResourceRule,
  ResourceRule,
  SubjectRulesReviewStatus,
} from "#api/authorization.k8s.io/v1/rules-review.ts";
import { type FieldError, invalid as invalidField, required } from "#api/field-error.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import type { Attributes, Authorizer, User } from "../attributes.ts";
import { nodeNameOf } from "./node-identity.ts";
import type { RbacIndex } from "./rbac-index.ts";

/** What is wrong with the spec of a SubjectAccessReview or LocalSubjectAccessReview. */
export function validateSubjectAccessReview(spec: SubjectAccessReviewSpec): readonly FieldError[] {
  const errors = [...validateSelfSubjectAccessReview(spec)];
  if (!spec.user && !spec.groups?.length) {
    errors.push(invalidField("spec.user", spec.user ?? "", "at least one of user or group must be specified"));
  }
  return errors;
}

export function validateSelfSubjectAccessReview(spec: SelfSubjectAccessReviewSpec): readonly FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes && nonResourceAttributes) {
    const detail = "cannot be specified in combination with resourceAttributes";
    return [invalidField("spec.nonResourceAttributes", nonResourceAttributes, detail)];
  }
  if (resourceAttributes || nonResourceAttributes) return [];
  const detail = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
  return [invalidField("spec.resourceAttributes", null, detail)];
}

/** A LocalSubjectAccessReview asks about its own namespace only. */
export function validateLocalNamespace(spec: SubjectAccessReviewSpec, namespace: string): readonly FieldError[] {
  if (spec.resourceAttributes === undefined) return [required("spec.resourceAttributes")];
  if (spec.resourceAttributes.namespace === namespace) return [];
  return [
    invalidField(
      "spec.resourceAttributes.namespace",
      spec.resourceAttributes.namespace ?? "",
      "must match metadata.namespace",
    ),
  ];
}

/** SubjectAccessReview and LocalSubjectAccessReview: may the user named there do it? */
export function reviewSubjectAccess(authorizer: Authorizer, spec: SubjectAccessReviewSpec): SubjectAccessReviewStatus {
  const user = {
    name: spec.user ?? "",
    groups: spec.groups ?? [],
    ...(spec.uid !== undefined && { uid: spec.uid }),
    ...(spec.extra !== undefined && { extra: spec.extra }),
  };
  return reviewOwnAccess(authorizer, user, spec);
}

/** SelfSubjectAccessReview: may the one who asks do it? */
export function reviewOwnAccess(
  authorizer: Authorizer,
  user: User,
  spec: SelfSubjectAccessReviewSpec,
): SubjectAccessReviewStatus {
  const { type, reason } = authorizer.authorize(attributesOf(user, spec));
  return {
    allowed: type === "allow",
    ...(type === "deny" && { denied: true }),
    ...(reason !== "" && { reason }),
  };
}

/** SelfSubjectRulesReview: all that the one who asks may do in a namespace (`kubectl auth can-i --list`). */
export function reviewOwnRules(rbac: RbacIndex, user: User, namespace: string): SubjectRulesReviewStatus {
  const resourceRules: ResourceRule[] = [];
  const nonResourceRules: NonResourceRule[] = [];
  for (const { rules } of rbac.rulesFor(user, namespace)) {
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules ?? []) {
      if (resources?.length) resourceRules.push({ verbs, apiGroups, resources, resourceNames });
      if (nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs });
    }
  }
  const isNode = nodeNameOf(user) !== undefined;
  return {
    resourceRules,
    nonResourceRules,
    incomplete: isNode,
    ...(isNode && { evaluationError: "node authorizer does not support user rule resolution" }),
  };
}

/** SelfSubjectReview: who am I (`kubectl auth whoami`)? */
export function reviewSelf(clock: Clock, user: User): SelfSubjectReview {
  const { name, uid, groups, extra } = user;
  return {
    metadata: { creationTimestamp: formatTime(clock.now()) },
    status: { userInfo: { username: name, ...(uid && { uid }), groups, ...(extra && { extra }) } },
  };
}

function attributesOf(user: User, spec: SelfSubjectAccessReviewSpec): Attributes {
  const { resourceAttributes: asked, nonResourceAttributes: path } = spec;
  return {
    user,
    isResourceRequest: asked !== undefined,
    verb: asked?.verb ?? path?.verb ?? "",
    path: path?.path ?? "",
    group: asked?.group ?? "",
    version: asked?.version ?? "",
    resource: asked?.resource ?? "",
    subresource: asked?.subresource ?? "",
    namespace: asked?.namespace ?? "",
    name: asked?.name ?? "",
    fieldSelector: asked?.fieldSelector?.rawSelector,
    labelSelector: asked?.labelSelector?.rawSelector,
  };
}
