import type { TokenRequest } from "#api/authentication.k8s.io/v1/token-request.ts";
import { leases } from "#api/coordination.k8s.io/v1/lease.ts";
import { nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../attributes.ts";
import { nodeNameOf } from "../authz/node-identity.ts";
import { podReferences } from "../authz/pod-references.ts";
import type { AdmissionDeps } from "./deps.ts";
import { mirrorAnnotation } from "./mirror-pods.ts";
import { changedNodeLabels } from "./node-labels.ts";
import { concerns, objectOf, oldOf, refusal } from "./requests.ts";

/** A kubelet writes its own Node, its own lease and its own pods, and takes tokens only for pods that it runs. */
export function nodeRestriction({ caches }: Pick<AdmissionDeps, "caches">): AdmissionPlugin {
  const podOf = (request: AdmissionRequest) =>
    caches.of(pods).get(request.attributes.namespace, request.attributes.name)?.object;

  /** The first line that concerns the request says what is wrong with it, if anything. */
  const fault = (node: string, request: AdmissionRequest): string | undefined => {
    if (concerns(request, pods, ["CREATE"])) return podCreateFault(node, objectOf(pods, request) as Pod);
    if (concerns(request, pods, ["DELETE"]))
      return ownPodFault(node, request.old ? oldOf(pods, request) : podOf(request), "delete pods");
    if (concerns(request, pods, ["UPDATE"], "status")) return podStatusFault(node, request);
    if (concerns(request, pods, ["CREATE"], "eviction")) return ownPodFault(node, podOf(request), "evict pods");
    if (concerns(request, nodes, ["CREATE", "UPDATE"])) return nodeFault(node, request);
    if (concerns(request, nodes, ["UPDATE"], "status")) return nodeFault(node, request);
    if (concerns(request, leases, ["CREATE", "UPDATE", "DELETE"])) return leaseFault(node, request);
    if (concerns(request, serviceAccounts, ["CREATE"], "token")) return tokenFault(node, request, caches);
    return undefined;
  };

  return {
    name: "NodeRestriction",
    handles: request => nodeNameOf(request.attributes.user) !== undefined,

    validate(request) {
      const message = fault(nodeNameOf(request.attributes.user)!, request);
      if (message !== undefined) throw refusal(request, message);
    },
  };
}

function podCreateFault(node: string, pod: Pod): string | undefined {
  const who = JSON.stringify(node);
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have "${mirrorAnnotation}" annotation, node ${who} can only create mirror pods`;
  }
  if (pod.spec.nodeName !== node) return `node ${who} can only create pods with spec.nodeName set to itself`;
  const owners = pod.metadata.ownerReferences ?? [];
  if (owners.length !== 1 || owners[0]!.kind !== "Node" || owners[0]!.name !== node) {
    return `node ${who} can only create pods with an owner reference set to itself`;
  }
  for (const reference of podReferences(pod)) {
    const what = reference.slice(0, reference.indexOf("/")).replace("serviceaccounts", "a service account");
    return `node ${who} can not create pods that reference ${what}`;
  }
  return undefined;
}

function ownPodFault(node: string, pod: Pod | undefined, what: string): string | undefined {
  if (pod === undefined || pod.spec.nodeName === node) return undefined;
  return `node ${JSON.stringify(node)} can only ${what} with spec.nodeName set to itself`;
}

function podStatusFault(node: string, request: AdmissionRequest): string | undefined {
  const old = oldOf(pods, request);
  const foreign = ownPodFault(node, old, "update pod status for pods");
  if (foreign !== undefined) return foreign;
  const pod = objectOf(pods, request);
  const same = sameMap(pod.metadata.labels, old.metadata.labels);
  return same ? undefined : `node ${JSON.stringify(node)} cannot update labels through pod status`;
}

function nodeFault(node: string, request: AdmissionRequest): string | undefined {
  const who = JSON.stringify(node);
  const object = objectOf(nodes, request);
  const name = request.attributes.name || (object.metadata.name ?? "");
  if (name !== node) return `node ${who} is not allowed to modify node ${JSON.stringify(name)}`;
  const old = request.operation === "UPDATE" ? oldOf(nodes, request) : undefined;
  const labels = changedNodeLabels(old?.metadata.labels ?? {}, object.metadata.labels ?? {});
  if (labels.length > 0) {
    const act = old === undefined ? "set the following labels" : "modify labels";
    return `is not allowed to ${act}: ${labels.join(", ")}`;
  }
  if (old === undefined) return undefined;
  const sameTaints = JSON.stringify(object.spec.taints ?? []) === JSON.stringify(old.spec.taints ?? []);
  if (!sameTaints) return `node ${who} is not allowed to modify taints`;
  const sameOwners =
    JSON.stringify(object.metadata.ownerReferences ?? []) === JSON.stringify(old.metadata.ownerReferences ?? []);
  return sameOwners ? undefined : `node ${who} is not allowed to modify ownerReferences`;
}

function leaseFault(node: string, request: AdmissionRequest): string | undefined {
  const name = request.attributes.name || (request.object?.metadata.name ?? "");
  if (request.attributes.namespace !== "kube-node-lease") {
    return `can only access leases in the "kube-node-lease" system namespace`;
  }
  return name === node ? undefined : "can only access node lease with the same name as the requesting node";
}

function tokenFault(node: string, request: AdmissionRequest, caches: AdmissionDeps["caches"]): string | undefined {
  const { spec } = request.object as TokenRequest;
  const bound = spec.boundObjectRef;
  if (bound?.apiVersion !== "v1" || bound.kind !== "Pod" || !bound.name) {
    return "node requested token not bound to a pod";
  }
  if (!bound.uid) return "node requested token with a pod binding without a uid";
  const pod = caches.of(pods).get(request.attributes.namespace, bound.name)?.object;
  if (pod === undefined) return `pods ${JSON.stringify(bound.name)} not found`;
  if (pod.metadata.uid !== bound.uid) {
    return `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  }
  return pod.spec.nodeName === node ? undefined : "node requested token bound to a pod scheduled on a different node";
}

function sameMap(
  a: Readonly<Record<string, string>> | undefined = {},
  b: Readonly<Record<string, string>> | undefined = {},
): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key]);
}
