import type { AdmissionPlugin } from "../attributes.ts";
import { defaultTolerationSeconds } from "./default-toleration-seconds.ts";
import type { AdmissionDeps } from "./deps.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { nodeRestriction } from "./node-restriction.ts";
import { priority } from "./priority.ts";
import { rbacEscalation } from "./rbac-escalation.ts";
import { serviceAccount } from "./service-account.ts";
import { taintNodesByCondition } from "./taint-nodes-by-condition.ts";

export type { AdmissionDeps } from "./deps.ts";

/**
 * Every write passes these, all `admit` first, then all `validate`, in this order, which is upstream's. Plugins whose
 * kinds are not served (LimitRanger, ResourceQuota, StorageObjectInUseProtection, RuntimeClass, the certificate ones, webhooks,
 * policies) are absent, and so is PodSecurity; OwnerReferencesPermissionEnforcement and EventRateLimit are off upstream too.
 */
export function admissionPlugins(deps: AdmissionDeps): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle(deps),
    serviceAccount(deps),
    nodeRestriction(deps),
    taintNodesByCondition,
    priority,
    defaultTolerationSeconds,
    rbacEscalation(deps),
  ];
}
