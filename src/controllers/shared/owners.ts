import type { OwnerReference } from "#api/meta/v1/object-meta.ts";
import { apiVersionOf, type KubernetesObject, type ResourceDefinition } from "#api/resource.ts";
import { keyOf, parseKey } from "#client/client.ts";
import type { ReconcileContext } from "#client/controller.ts";
import { unlessGone } from "./writes.ts";

/** The reference by which `owner` controls what it makes. */
export function controllerReference(resource: ResourceDefinition, owner: KubernetesObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: owner.metadata.name ?? "",
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

export interface Claim<O extends KubernetesObject, T extends KubernetesObject> {
  readonly ownerResource: ResourceDefinition<O>;
  readonly owner: O;
  readonly resource: ResourceDefinition<T>;
  matches(object: T): boolean;
}

/**
 * The objects that the owner controls once claiming is done: matching ones that nobody controls are adopted, controlled
 * ones that no longer match are let go. An owner that is being deleted adopts nothing.
 */
export async function claimObjects<O extends KubernetesObject, T extends KubernetesObject>(
  { cache, client }: Pick<ReconcileContext, "cache" | "client">,
  claim: Claim<O, T>,
): Promise<readonly T[]> {
  const { owner, resource } = claim;
  const kept: T[] = [];
  let ownerIsLive: Promise<void> | undefined;
  for (const object of cache.ownedBy(resource, owner.metadata.uid ?? "")) {
    if (claim.matches(object)) kept.push(object);
    else if (!owner.metadata.deletionTimestamp) await release(client, claim, object);
  }
  if (owner.metadata.deletionTimestamp) return kept;
  for (const object of cache.orphans(resource, owner.metadata.namespace ?? "")) {
    if (object.metadata.deletionTimestamp || !claim.matches(object)) continue;
    ownerIsLive ??= assertLive(client, claim);
    await ownerIsLive;
    const adopted = await adopt(client, claim, object);
    if (adopted !== undefined) kept.push(adopted);
  }
  return kept;
}

/** The cache may show an owner that is gone: what it adopts then would be collected as garbage. */
async function assertLive<O extends KubernetesObject, T extends KubernetesObject>(
  client: ReconcileContext["client"],
  { ownerResource, owner }: Claim<O, T>,
): Promise<void> {
  const live = await client.get(ownerResource, parseKey(keyOf(owner)));
  if (live.metadata.uid !== owner.metadata.uid || live.metadata.deletionTimestamp) {
    throw new Error(`${ownerResource.plural} ${keyOf(owner)} is being replaced or deleted`);
  }
}

async function adopt<O extends KubernetesObject, T extends KubernetesObject>(
  client: ReconcileContext["client"],
  { ownerResource, owner, resource }: Claim<O, T>,
  object: T,
): Promise<T | undefined> {
  const ownerReferences = [controllerReference(ownerResource, owner)];
  const body = { metadata: { ownerReferences, uid: object.metadata.uid } };
  return unlessGone(client.patch(resource, parseKey(keyOf(object)), { type: "strategic", body }));
}

async function release<O extends KubernetesObject, T extends KubernetesObject>(
  client: ReconcileContext["client"],
  { owner, resource }: Claim<O, T>,
  object: T,
): Promise<void> {
  const ownerReferences = [{ $patch: "delete", uid: owner.metadata.uid }];
  const body = { metadata: { ownerReferences, uid: object.metadata.uid } };
  await unlessGone(client.patch(resource, parseKey(keyOf(object)), { type: "strategic", body }));
}
