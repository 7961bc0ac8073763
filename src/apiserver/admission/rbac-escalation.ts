import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import { clusterRoleBindings } from "#api/rbac.authorization.k8s.io/v1/cluster-role-binding.ts";
import { roles } from "#api/rbac.authorization.k8s.io/v1/role.ts";
import { roleBindings } from "#api/rbac.authorization.k8s.io/v1/role-binding.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../attributes.ts";
import { aggregationEscalation, bindingEscalation, roleEscalation } from "../authz/escalation.ts";
import type { AdmissionDeps } from "./deps.ts";
import { concerns, objectOf, refusal } from "./requests.ts";

const writes = ["CREATE", "UPDATE"] as const;

/** Nobody grants, by roles or bindings, what he does not have himself. */
export function rbacEscalation({ authorizer }: Pick<AdmissionDeps, "authorizer">): AdmissionPlugin {
  const fault = (request: AdmissionRequest): string | undefined => {
    const { user, namespace } = request.attributes;
    const name = request.attributes.name || (request.object?.metadata.name ?? "");
    if (concerns(request, roles, writes)) {
      return roleEscalation(authorizer, user, { namespace, name, rules: objectOf(roles, request).rules ?? [] });
    }
    if (concerns(request, clusterRoles, writes)) {
      const { rules, aggregationRule } = objectOf(clusterRoles, request);
      const aggregated = aggregationRule && aggregationEscalation(authorizer, user, { name });
      return aggregated ?? roleEscalation(authorizer, user, { namespace: "", name, rules: rules ?? [] });
    }
    if (concerns(request, roleBindings, writes)) {
      return bindingEscalation(authorizer, user, namespace, objectOf(roleBindings, request).roleRef);
    }
    return bindingEscalation(authorizer, user, "", objectOf(clusterRoleBindings, request).roleRef);
  };

  return {
    name: "RbacEscalation",
    handles: request => request.resource.group === clusterRoles.group && isWrite(request) && grants(request),

    validate(request) {
      const message = fault(request);
      if (message !== undefined) throw refusal(request, message);
    },
  };
}

function isWrite({ operation }: AdmissionRequest): boolean {
  return operation === "CREATE" || operation === "UPDATE";
}

/** An update that leaves what is granted as it was (finalizers, labels) is no grant. */
function grants({ object, old }: AdmissionRequest): boolean {
  return old === undefined || granted(object) !== granted(old);
}

function granted(object: object | undefined): string {
  const { rules, aggregationRule, subjects, roleRef } = (object ?? {}) as Record<string, unknown>;
  return JSON.stringify([rules, aggregationRule, subjects, roleRef]);
}
