import { configMapKeyErrors, dns1123LabelErrors } from "#wire/names.ts";
import { parseQuantity } from "#wire/quantity.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../../field-error.ts";
import { allInvalid } from "../../validation.ts";
import { fieldRefErrors, localPathErrors } from "./container-validation.ts";
import type { DownwardAPIVolumeFile, KeyToPath, VolumeProjection } from "./projected-volume-sources.ts";
import type { Volume } from "./volume.ts";

export function validateVolumes(volumes: readonly Volume[], path: string): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const errors = sourceErrors(volume, at);
    if (!volume.name) errors.push(required(`${at}.name`));
    else errors.push(...allInvalid(`${at}.name`, volume.name, dns1123LabelErrors(volume.name)));
    if (volume.name && names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name));
    names.add(volume.name);
    return errors;
  });
}

function sourceErrors(volume: Volume, path: string): FieldError[] {
  const kinds = Object.keys(volume).filter(key => key !== "name" && volume[key as keyof Volume] !== undefined);
  if (kinds.length === 0) return [required(path, "must specify a volume type")];
  const [, ...others] = kinds;
  return [
    ...knownSourceErrors(volume, path),
    ...others.map(kind => forbidden(`${path}.${kind}`, "may not specify more than 1 volume type")),
  ];
}

function knownSourceErrors(volume: Volume, path: string): FieldError[] {
  const { hostPath, emptyDir, secret, configMap, downwardAPI, projected, persistentVolumeClaim } = volume;
  const errors: FieldError[] = [];
  if (hostPath) errors.push(...hostPathErrors(hostPath.path, `${path}.hostPath.path`));
  if (emptyDir?.sizeLimit && parseQuantity(emptyDir.sizeLimit).nanos < 0n) {
    errors.push(forbidden(`${path}.emptyDir.sizeLimit`, "SizeLimit field must be a valid resource quantity"));
  }
  if (secret) {
    if (!secret.secretName) errors.push(required(`${path}.secret.secretName`));
    errors.push(
      ...modeErrors(secret.defaultMode, `${path}.secret.defaultMode`),
      ...itemErrors(secret.items, `${path}.secret.items`),
    );
  }
  if (configMap) {
    if (!configMap.name) errors.push(required(`${path}.configMap.name`));
    errors.push(
      ...modeErrors(configMap.defaultMode, `${path}.configMap.defaultMode`),
      ...itemErrors(configMap.items, `${path}.configMap.items`),
    );
  }
  if (downwardAPI) {
    errors.push(
      ...modeErrors(downwardAPI.defaultMode, `${path}.downwardAPI.defaultMode`),
      ...fileErrors(downwardAPI.items, `${path}.downwardAPI`),
    );
  }
  if (projected) {
    errors.push(...modeErrors(projected.defaultMode, `${path}.projected.defaultMode`));
    errors.push(
      ...(projected.sources ?? []).flatMap((source, at) =>
        projectionErrors(source, `${path}.projected.sources[${at}]`),
      ),
    );
  }
  if (persistentVolumeClaim && !persistentVolumeClaim.claimName) {
    errors.push(required(`${path}.persistentVolumeClaim.claimName`));
  }
  return errors;
}

function hostPathErrors(target: string, path: string): FieldError[] {
  if (!target) return [required(path)];
  return target.split("/").includes("..") ? [invalid(path, target, "must not contain '..'")] : [];
}

function modeErrors(mode: number | undefined, path: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")];
}

function itemErrors(items: readonly KeyToPath[] | undefined, path: string): FieldError[] {
  return (items ?? []).flatMap(({ key, path: target, mode }, index) => {
    const at = `${path}[${index}]`;
    const errors = key ? allInvalid(`${at}.key`, key, configMapKeyErrors(key)) : [required(`${at}.key`)];
    errors.push(...(target ? localPathErrors(target, `${at}.path`) : [required(`${at}.path`)]));
    return [...errors, ...modeErrors(mode, `${at}.mode`)];
  });
}

function fileErrors(files: readonly DownwardAPIVolumeFile[] | undefined, path: string): FieldError[] {
  return (files ?? []).flatMap(({ path: target, fieldRef, resourceFieldRef, mode }) => {
    const errors = target ? localPathErrors(target, `${path}.path`) : [required(`${path}.path`)];
    if (fieldRef && resourceFieldRef) {
      errors.push(invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
    } else if (!fieldRef && !resourceFieldRef) {
      errors.push(required(path, "one of fieldRef and resourceFieldRef is required"));
    } else if (fieldRef && !/^metadata\.(annotations|labels)$/.test(fieldRef.fieldPath)) {
      errors.push(...fieldRefErrors(fieldRef.fieldPath, `${path}.fieldRef`));
    }
    return [...errors, ...modeErrors(mode, `${path}.mode`)];
  });
}

function projectionErrors(source: VolumeProjection, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ["secret", "configMap"] as const) {
    const part = source[kind];
    if (part && !part.name) errors.push(required(`${path}.${kind}.name`));
    if (part) errors.push(...itemErrors(part.items, `${path}.${kind}.items`));
  }
  if (source.downwardAPI) errors.push(...fileErrors(source.downwardAPI.items, `${path}.downwardAPI`));
  if (source.serviceAccountToken)
    errors.push(...tokenErrors(source.serviceAccountToken, `${path}.serviceAccountToken`));
  const kinds = Object.values(source).filter(part => part !== undefined).length;
  if (kinds > 1) errors.push(forbidden(path, "may not specify more than 1 volume type per source"));
  return errors;
}

function tokenErrors(
  {
    path: target,
    expirationSeconds = 3600,
  }: { readonly path: string; readonly expirationSeconds?: number | undefined },
  path: string,
): FieldError[] {
  const errors = target ? localPathErrors(target, `${path}.path`) : [required(`${path}.path`)];
  if (expirationSeconds < 600) {
    errors.push(
      invalid(`${path}.expirationSeconds`, expirationSeconds, "may not specify a duration less than 10 minutes"),
    );
  } else if (expirationSeconds > 2 ** 32) {
    errors.push(
      invalid(`${path}.expirationSeconds`, expirationSeconds, "may not specify a duration larger than 2^32 seconds"),
    );
  }
  return errors;
}
