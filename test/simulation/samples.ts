import type { Deployment } from "#api/apps/v1/deployment.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodActive, isPodReady } from "#api/core/v1/pod-conditions.ts";
import type { Service } from "#api/core/v1/service.ts";
import type { WorldState } from "#simulation/invariants.ts";

export interface WebOptions {
  readonly name?: string;
  readonly replicas: number;
  readonly image?: string;
  readonly cpu?: string;
}

/** A Deployment whose pods carry the label `app` with its name. */
export function web({ name = "web", replicas, image = "web:1", cpu = "100m" }: WebOptions): Deployment {
  const labels = { app: name };
  return {
    metadata: { name, namespace: "default", labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: "main", image, resources: { requests: { cpu } }, ports: [{ containerPort: 80 }] }],
        },
      },
    },
  } as Deployment;
}

export function serviceOf(name: string): Service {
  return {
    metadata: { name, namespace: "default" },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  } as Service;
}

/** Pods of `app` that are not being deleted. */
export function activePods(state: WorldState, app = "web"): readonly Pod[] {
  return state.list(pods).filter(pod => pod.metadata.labels?.["app"] === app && isPodActive(pod));
}

/** True when exactly so many pods of `app` are there and all of them are ready. */
export function allReady(state: WorldState, count: number, app = "web"): boolean {
  const active = activePods(state, app);
  return active.length === count && active.every(isPodReady);
}
