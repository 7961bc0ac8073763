import { selfSubjectReviewType } from "./authentication.k8s.io/v1/self-subject-review.ts";
import { tokenRequestType } from "./authentication.k8s.io/v1/token-request.ts";
import { tokenReviewType } from "./authentication.k8s.io/v1/token-review.ts";
import {
  localSubjectAccessReviewType,
  selfSubjectAccessReviewType,
  subjectAccessReviewType,
} from "./authorization.k8s.io/v1/access-review.ts";
import { selfSubjectRulesReviewType } from "./authorization.k8s.io/v1/rules-review.ts";
import { scaleType } from "./autoscaling/v1/scale.ts";
import { bindingType } from "./core/v1/binding.ts";
import {
  podAttachOptionsType,
  podExecOptionsType,
  podLogOptionsType,
  podPortForwardOptionsType,
  podProxyOptionsType,
} from "./core/v1/pod-options.ts";
import { nodeProxyOptionsType, serviceProxyOptionsType } from "./core/v1/proxy-options.ts";
import { resources } from "./list.ts";
import { apiGroupListType, apiGroupType, apiResourceListType, apiVersionsType } from "./meta/v1/discovery.ts";
import {
  createOptionsType,
  deleteOptionsType,
  getOptionsType,
  listOptionsType,
  patchOptionsType,
  updateOptionsType,
} from "./meta/v1/options.ts";
import { statusType } from "./meta/v1/status.ts";
import { evictionType } from "./policy/v1/eviction.ts";
import type { TypeDefinition } from "./resource.ts";

/** Kinds that are said but never stored. */
export const unstoredTypes: readonly TypeDefinition[] = [
  bindingType,
  podLogOptionsType,
  podExecOptionsType,
  podAttachOptionsType,
  podPortForwardOptionsType,
  podProxyOptionsType,
  nodeProxyOptionsType,
  serviceProxyOptionsType,
  scaleType,
  evictionType,
  selfSubjectReviewType,
  tokenRequestType,
  tokenReviewType,
  localSubjectAccessReviewType,
  selfSubjectAccessReviewType,
  selfSubjectRulesReviewType,
  subjectAccessReviewType,
];

/** Kinds of the API's own machinery; they belong to every group and version. */
export const metaTypes: readonly TypeDefinition[] = [
  statusType,
  deleteOptionsType,
  createOptionsType,
  updateOptionsType,
  patchOptionsType,
  getOptionsType,
  listOptionsType,
  apiVersionsType,
  apiGroupType,
  apiGroupListType,
  apiResourceListType,
];

const typesByKind = new Map<string, TypeDefinition>();
for (const type of [...unstoredTypes, ...resources]) {
  typesByKind.set(`${type.group}/${type.version}/${type.kind}`, type);
}
const metaTypesByKind = new Map(metaTypes.map(type => [type.kind, type]));

/** The kind of that name; undefined when no such kind is known. */
export function findType(group: string, version: string, kind: string): TypeDefinition | undefined {
  return typesByKind.get(`${group}/${version}/${kind}`) ?? metaTypesByKind.get(kind);
}
