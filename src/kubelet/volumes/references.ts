import type { Pod } from "#api/core/v1/pod.ts";
import { allContainers } from "#api/core/v1/pod-containers.ts";

export interface References {
  readonly configMaps: readonly string[];
  readonly secrets: readonly string[];
}

/** The names of all config maps and secrets that a pod needs: for volumes, environments and image pulls. */
export function references(pod: Pod): References {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  const add = (names: Set<string>, name: string | undefined) => {
    if (name) names.add(name);
  };
  for (const secret of pod.spec.imagePullSecrets ?? []) add(secrets, secret.name);
  for (const container of allContainers(pod.spec)) {
    for (const source of container.envFrom ?? []) {
      add(configMaps, source.configMapRef?.name);
      add(secrets, source.secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      add(configMaps, valueFrom?.configMapKeyRef?.name);
      add(secrets, valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(configMaps, volume.configMap?.name);
    add(secrets, volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      add(configMaps, source.configMap?.name);
      add(secrets, source.secret?.name);
    }
  }
  return { configMaps: [...configMaps], secrets: [...secrets] };
}
