import { join } from "node:path";

/** Where a cluster keeps what survives a restart of the machine (`state`) and what does not (`run`, on tmpfs). */
export interface ClusterPaths {
  readonly state: string;
  readonly run: string;
  /** The recorded config and plan. */
  readonly record: string;
  readonly certificates: string;
  readonly images: string;
  readonly logs: string;
  readonly adminKubeconfig: string;
  /** Pinned namespaces. */
  readonly pins: string;
  /** Written last when the network stands. */
  readonly networkReady: string;
}

export const stateRoot = "/var/lib/k8ts";
export const runRoot = "/run/k8ts";

export function clusterPaths(name: string): ClusterPaths {
  const state = join(stateRoot, name);
  const run = join(runRoot, name);
  return {
    state,
    run,
    record: join(state, "cluster.json"),
    certificates: join(state, "pki"),
    images: join(state, "images"),
    logs: join(state, "logs"),
    adminKubeconfig: join(state, "admin.kubeconfig"),
    pins: join(run, "pin"),
    networkReady: join(run, "network.ready"),
  };
}
