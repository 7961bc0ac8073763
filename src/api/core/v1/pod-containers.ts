import type { Container, EphemeralContainer } from "./container.ts";
import type { PodSpec } from "./pod-spec.ts";

/** The containers of all three lists, in the order in which they begin. */
export function allContainers(spec: PodSpec): readonly (Container | EphemeralContainer)[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

/** An init container that keeps running beside the pod's containers. */
export function isSidecar(container: Pick<Container, "restartPolicy">): boolean {
  return container.restartPolicy === "Always";
}

export function sidecarsOf(spec: Pick<PodSpec, "initContainers">): readonly Container[] {
  return (spec.initContainers ?? []).filter(isSidecar);
}
