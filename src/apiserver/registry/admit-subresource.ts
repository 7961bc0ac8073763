import type { KubernetesObject } from "#api/resource.ts";
import type { AdmissionRequest } from "../attributes.ts";
import type { Exchange } from "../exchange.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * Admission of an object that is posted to a subresource and has a kind of its own (Eviction, TokenRequest). Acts that
 * end in a write of the resource itself pass admission there.
 */
export async function admitSubresource<T extends KubernetesObject>(
  store: ObjectStore<T>,
  { attributes, cause }: Exchange,
  object: object,
  dryRun: boolean,
): Promise<void> {
  const request: AdmissionRequest = {
    attributes,
    operation: "CREATE",
    resource: store.definition,
    object: object as KubernetesObject,
    dryRun,
    cause,
  };
  await store.admit(request);
  await store.admitted(request);
}
