import { nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { secrets } from "#api/core/v1/secret.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { parseTime } from "#base/clock.ts";
import type { User } from "../attributes.ts";
import type { Caches } from "../authz/caches.ts";
import { type NameAndUid, serviceAccountGroups, type TokenClaims } from "./service-account-tokens.ts";

/** An object that is being deleted keeps its tokens good this long, so that it can finish what it does. */
const deletionGraceMs = 60_000;

/** Whether the objects that a token is bound to still are the ones it was made for. */
export function boundObjectsExist(caches: Caches, claims: TokenClaims, nowMs: number): boolean {
  const { namespace, serviceaccount, pod, secret, node } = claims["kubernetes.io"];
  const stillThere = <T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    where: string,
    bound: NameAndUid | undefined,
  ) => bound === undefined || isSame(caches.of(definition).get(where, bound.name)?.object, bound.uid, nowMs);
  return (
    stillThere(serviceAccounts, namespace, serviceaccount) &&
    stillThere(pods, namespace, pod) &&
    stillThere(secrets, namespace, secret) &&
    // A pod's token only mentions the node; a token bound to the node itself ends with it.
    (pod !== undefined || stillThere(nodes, "", node))
  );
}

/** The user that a valid token stands for. */
export function userOfToken(claims: TokenClaims): User {
  const { namespace, serviceaccount, pod, node } = claims["kubernetes.io"];
  return {
    name: claims.sub,
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), "system:authenticated"],
    extra: {
      "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
      ...(pod && {
        "authentication.kubernetes.io/pod-name": [pod.name],
        "authentication.kubernetes.io/pod-uid": [pod.uid],
      }),
      ...(node && {
        "authentication.kubernetes.io/node-name": [node.name],
        "authentication.kubernetes.io/node-uid": [node.uid],
      }),
    },
  };
}

function isSame(object: KubernetesObject | undefined, uid: string, nowMs: number): boolean {
  if (object === undefined || object.metadata.uid !== uid) return false;
  const deletion = object.metadata.deletionTimestamp;
  return deletion === undefined || parseTime(deletion) > nowMs - deletionGraceMs;
}
