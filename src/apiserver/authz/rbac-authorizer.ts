import type { Attributes, Authorizer, Decision } from "../attributes.ts";
import type { Grant, RbacIndex } from "./rbac-index.ts";
import { ruleAllows } from "./rules.ts";

/** Allows what a rule of a bound role allows; never denies, it only has no opinion. */
export function createRbacAuthorizer(index: RbacIndex): Authorizer {
  // Every request is told why it may; a grant is a new value when its binding changes.
  const reasons = new WeakMap<Grant, string>();
  const reasonOf = (grant: Grant): string => {
    const known = reasons.get(grant);
    if (known !== undefined) return known;
    const reason = allowedBy(grant);
    reasons.set(grant, reason);
    return reason;
  };
  return {
    authorize(attributes: Attributes): Decision {
      const missing: string[] = [];
      const namespace = attributes.isResourceRequest ? attributes.namespace : "";
      const found = index.find(attributes.user, namespace, (grant, rules) => {
        if (rules === undefined) missing.push(missingRole(grant));
        return rules?.some(rule => ruleAllows(rule, attributes)) === true;
      });
      if (found !== undefined) return { type: "allow", reason: reasonOf(found) };
      return { type: "noOpinion", reason: missing.length === 0 ? "" : `RBAC: ${aggregateText(missing)}` };
    },
  };
}

function allowedBy(grant: Grant): string {
  const binding =
    grant.namespace === ""
      ? `ClusterRoleBinding ${JSON.stringify(grant.binding)}`
      : `RoleBinding ${JSON.stringify(`${grant.binding}/${grant.namespace}`)}`;
  const { kind, name } = grant.roleRef;
  return `RBAC: allowed by ${binding} of ${kind} ${JSON.stringify(name)} to ${subjectText(grant)}`;
}

function subjectText({ subject }: Grant): string {
  const name = subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace ?? ""}` : subject.name;
  return `${subject.kind} ${JSON.stringify(name)}`;
}

function missingRole({ roleRef }: Grant): string {
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`;
}

function aggregateText(messages: readonly string[]): string {
  const unique = [...new Set(messages)];
  return unique.length === 1 ? unique[0]! : `[${unique.join(", ")}]`;
}
