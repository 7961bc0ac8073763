import type { PolicyRule } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import { exactFieldValue } from "#wire/field-selector.ts";
import type { Attributes, Authorizer, Decision } from "../attributes.ts";
import { clusterRoleFacts } from "./bootstrap-policy/cluster-roles.ts";
import type { NodeGraph } from "./node-graph.ts";
import { nodeNameOf } from "./node-identity.ts";
import { ruleAllows } from "./rules.ts";

/**
 * Lets a kubelet do what its own node needs: its Node, its lease, its pods, and the secrets, config maps, claims and
 * tokens that pods bound to it refer to.
 */
export function createNodeAuthorizer(graph: NodeGraph): Authorizer {
  const nodeRules = clusterRoleFacts.find(role => role.name === "system:node")!.rules;
  return {
    authorize(attributes: Attributes): Decision {
      const node = nodeNameOf(attributes.user);
      if (node === undefined) return noOpinion("");
      const check = attributes.isResourceRequest ? checks[`${attributes.group}/${attributes.resource}`] : undefined;
      const answer = check?.(node, attributes, graph) ?? staticRules(nodeRules, attributes);
      return answer === true ? { type: "allow", reason: "" } : noOpinion(answer === false ? "" : answer);
    },
  };
}

/** True: allowed. A text: why not. Undefined: the role `system:node` decides. */
type Answer = boolean | string | undefined;
type Check = (node: string, asked: Attributes, graph: NodeGraph) => Answer;

const checks: Readonly<Record<string, Check>> = {
  "/secrets": readReachable("get", "list", "watch"),
  "/configmaps": readReachable("get", "list", "watch"),
  "/persistentvolumeclaims": claims,
  "/serviceaccounts": serviceAccounts,
  "/nodes": ownNode,
  "/pods": ownPods,
  "coordination.k8s.io/leases": ownLease,
  "storage.k8s.io/csinodes": ownCsiNode,
};

function readReachable(...verbs: readonly string[]): Check {
  return (node, asked, graph) => {
    if (!verbs.includes(asked.verb)) return `can only read resources of this type`;
    if (asked.subresource !== "") return "cannot read subresource";
    return reachable(node, asked, graph);
  };
}

function claims(node: string, asked: Attributes, graph: NodeGraph): Answer {
  if (asked.subresource === "status") {
    const may = ["get", "update", "patch"].includes(asked.verb);
    return may ? reachable(node, asked, graph) : "can only get, update and patch status";
  }
  return readReachable("get")(node, asked, graph);
}

function serviceAccounts(node: string, asked: Attributes, graph: NodeGraph): Answer {
  if (asked.subresource === "token") {
    return asked.verb === "create"
      ? reachable(node, asked, graph)
      : "can only create tokens for individual service accounts";
  }
  return readReachable("get")(node, asked, graph);
}

function ownNode(node: string, asked: Attributes): Answer {
  const isOwn = asked.name === node || selects(asked, "metadata.name", node);
  switch (asked.subresource) {
    case "":
      // Whether the object that is made is its own is for admission to say.
      if (asked.verb === "create") return asked.name === "" || isOwn;
      if (!["get", "list", "watch", "update", "patch"].includes(asked.verb)) return undefined;
      return (
        isOwn ||
        `node ${JSON.stringify(node)} cannot ${verbText(asked.verb)} node ${JSON.stringify(asked.name)}, only its own Node object`
      );
    case "status":
      return ["update", "patch"].includes(asked.verb) && (isOwn || "can only update status of its own Node object");
    default:
      return false;
  }
}

function ownPods(node: string, asked: Attributes, graph: NodeGraph): Answer {
  const { verb, subresource } = asked;
  if (subresource === "status") return ["update", "patch"].includes(verb);
  if (subresource === "eviction") return verb === "create";
  if (subresource !== "") return false;
  if (verb === "get") return reachable(node, asked, graph);
  if (verb === "list" || verb === "watch") {
    const single = asked.name !== "" && graph.reaches(node, "pods", asked.namespace, asked.name);
    const allowed = single || selects(asked, "spec.nodeName", node);
    return allowed || "can only list/watch pods with spec.nodeName field selector";
  }
  return verb === "create" || verb === "delete";
}

function ownLease(node: string, asked: Attributes): Answer {
  if (!["get", "create", "update", "patch", "delete"].includes(asked.verb)) {
    return "can only get, create, update, patch, or delete a node lease";
  }
  if (asked.namespace !== "kube-node-lease") return 'can only access leases in the "kube-node-lease" system namespace';
  const isOwn = asked.name === node || (asked.verb === "create" && asked.name === "");
  return isOwn || "can only access node lease with the same name as the requesting node";
}

function ownCsiNode(node: string, asked: Attributes): Answer {
  if (asked.subresource !== "") return "cannot authorize CSINode subresources";
  if (!["get", "create", "update", "patch", "delete"].includes(asked.verb)) {
    return "can only get, create, update, patch, or delete a CSINode";
  }
  const isOwn = asked.name === node || (asked.verb === "create" && asked.name === "");
  return isOwn || "can only access CSINode with the same name as the requesting node";
}

function reachable(node: string, asked: Attributes, graph: NodeGraph): Answer {
  if (asked.name === "") return "No Object name found";
  const found = graph.reaches(node, asked.resource, asked.namespace, asked.name);
  return found || `no relationship found between node '${node}' and this object`;
}

function staticRules(rules: readonly PolicyRule[], asked: Attributes): boolean {
  return rules.some(rule => ruleAllows(rule, asked));
}

function verbText(verb: string): string {
  return verb === "get" || verb === "list" || verb === "watch" ? "read" : verb;
}

function selects(asked: Attributes, field: string, value: string): boolean {
  return exactFieldValue(asked.fieldSelector ?? "", field) === value;
}

function noOpinion(reason: string): Decision {
  return { type: "noOpinion", reason };
}
