import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";

/** Makes Events as `kubectl describe` shows them; equal ones are counted up instead of made anew. */
export interface EventRecorder {
  event(
    resource: ResourceDefinition,
    object: KubernetesObject,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    options?: { readonly action?: string; readonly fieldPath?: string },
  ): void;
}
