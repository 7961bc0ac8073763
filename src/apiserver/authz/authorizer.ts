import type { Attributes, Authorizer, Decision } from "../attributes.ts";
import type { Caches } from "./caches.ts";
import { createNodeAuthorizer } from "./node-authorizer.ts";
import { NodeGraph } from "./node-graph.ts";
import { createRbacAuthorizer } from "./rbac-authorizer.ts";
import { RbacIndex } from "./rbac-index.ts";

export interface AuthorizerDeps {
  readonly caches: Caches;
}

/** The API server's authorizer, with the indexes that others ask too. */
export interface ClusterAuthorizer extends Authorizer, Disposable {
  readonly rbac: RbacIndex;
}

const superuserGroup = "system:masters";

/** In order: system:masters, kubelets, RBAC. The first that has an opinion decides; nobody's opinion is a no. */
export function createAuthorizer(deps: AuthorizerDeps): ClusterAuthorizer {
  const rbac = new RbacIndex(deps.caches);
  const graph = new NodeGraph(deps.caches);
  const chain: readonly Authorizer[] = [superusers, createNodeAuthorizer(graph), createRbacAuthorizer(rbac)];
  return {
    rbac,
    authorize: attributes => firstOpinion(chain, attributes),
    [Symbol.dispose]() {
      rbac[Symbol.dispose]();
      graph[Symbol.dispose]();
    },
  };
}

const superusers: Authorizer = {
  authorize: ({ user }) =>
    user.groups.includes(superuserGroup) ? { type: "allow", reason: "" } : { type: "noOpinion", reason: "" },
};

function firstOpinion(chain: readonly Authorizer[], attributes: Attributes): Decision {
  const reasons: string[] = [];
  for (const authorizer of chain) {
    const decision = authorizer.authorize(attributes);
    if (decision.type !== "noOpinion") return decision;
    if (decision.reason !== "") reasons.push(decision.reason);
  }
  return { type: "noOpinion", reason: reasons.join("\n") };
}
