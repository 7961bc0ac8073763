import type { Container, EphemeralContainer } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { allContainers } from "#api/core/v1/pod-containers.ts";
import type { Volume } from "#api/core/v1/volume.ts";

/** `secrets/name`, `configmaps/name`, `serviceaccounts/name`, `persistentvolumeclaims/name`: what a pod's node must read. */
export function podReferences(pod: Pod): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (resource: string) => (name: string | undefined) => {
    if (name) found.add(`${resource}/${name}`);
  };
  const secret = add("secrets");
  const configMap = add("configmaps");
  const { spec } = pod;
  add("serviceaccounts")(spec.serviceAccountName);
  for (const reference of spec.imagePullSecrets ?? []) secret(reference.name);
  const containers = allContainers(spec);
  for (const container of containers) containerReferences(container, secret, configMap);
  for (const volume of spec.volumes ?? []) {
    add("persistentvolumeclaims")(volume.persistentVolumeClaim?.claimName);
    configMap(volume.configMap?.name);
    for (const name of volumeSecrets(volume)) secret(name);
    for (const source of volume.projected?.sources ?? []) {
      secret(source.secret?.name);
      configMap(source.configMap?.name);
    }
  }
  return found;
}

type Add = (name: string | undefined) => void;

function containerReferences(container: Container | EphemeralContainer, secret: Add, configMap: Add): void {
  for (const source of container.envFrom ?? []) {
    secret(source.secretRef?.name);
    configMap(source.configMapRef?.name);
  }
  for (const variable of container.env ?? []) {
    secret(variable.valueFrom?.secretKeyRef?.name);
    configMap(variable.valueFrom?.configMapKeyRef?.name);
  }
}

function volumeSecrets(volume: Volume): readonly (string | undefined)[] {
  return [
    volume.secret?.secretName,
    volume.csi?.nodePublishSecretRef?.name,
    volume.azureFile?.secretName,
    volume.iscsi?.secretRef?.name,
    volume.rbd?.secretRef?.name,
    volume.flexVolume?.secretRef?.name,
    volume.cephfs?.secretRef?.name,
    volume.scaleIO?.secretRef?.name,
    volume.storageos?.secretRef?.name,
  ];
}
