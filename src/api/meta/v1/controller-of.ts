import type { KubernetesObject } from "../../resource.ts";
import type { OwnerReference } from "./object-meta.ts";

/** The owner that controls the object: one may. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(owner => owner.controller);
}
