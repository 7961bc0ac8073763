import {
  configMapKeyErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  envVarNameErrors,
  portNameErrors,
  qualifiedNameErrors,
} from "#wire/names.ts";
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notFoundField,
  notSupported,
  required,
} from "../../field-error.ts";
import { allInvalid, validatePort } from "../../validation.ts";
import type { Container, ContainerPort, EnvFromSource, EnvVar, EnvVarSource, VolumeMount } from "./container.ts";
import { isSidecar } from "./pod-containers.ts";
import type { PodSpec } from "./pod-spec.ts";
import { validateLifecycle, validateProbe } from "./probe-validation.ts";
import { validateResources } from "./resources-validation.ts";
import { validateSecurityContext } from "./security-context-validation.ts";

/** All containers of a pod, with what they share: names and host ports may each stand once. */
export function validateContainers(spec: PodSpec, path: string): FieldError[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const volumes = new Set((spec.volumes ?? []).map(volume => volume.name));
  const names = new Set<string>();
  const errors = containers.length === 0 ? [required(`${path}.containers`)] : [];
  containers.forEach((container, index) => {
    const at = `${path}.containers[${index}]`;
    errors.push(
      ...containerErrors(container, at, volumes),
      ...nameErrors(container, at, names),
      ...probeErrors(container, at),
    );
  });
  initContainers.forEach((container, index) => {
    const at = `${path}.initContainers[${index}]`;
    errors.push(...containerErrors(container, at, volumes), ...nameErrors(container, at, names));
    errors.push(...(isSidecar(container) ? probeErrors(container, at) : initProbeErrors(container, at)));
  });
  ephemeralContainers.forEach((container, index) => {
    const at = `${path}.ephemeralContainers[${index}]`;
    errors.push(...containerErrors(container, at, volumes), ...nameErrors(container, at, names));
  });
  return [...errors, ...hostPortErrors(spec, path)];
}

function nameErrors({ name }: Container, path: string, names: Set<string>): FieldError[] {
  if (!name) return [required(`${path}.name`)];
  const errors = allInvalid(`${path}.name`, name, dns1123LabelErrors(name));
  if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
  names.add(name);
  return errors;
}

function containerErrors(container: Container, path: string, volumes: ReadonlySet<string>): FieldError[] {
  return [
    ...imageErrors(container.image ?? "", `${path}.image`),
    ...validateLifecycle(container.lifecycle, `${path}.lifecycle`),
    ...portsErrors(container.ports ?? [], `${path}.ports`),
    ...envErrors(container.env ?? [], `${path}.env`),
    ...envFromErrors(container.envFrom ?? [], `${path}.envFrom`),
    ...restartPolicyErrors(container.restartPolicy, `${path}.restartPolicy`),
    ...mountErrors(container.volumeMounts ?? [], `${path}.volumeMounts`, volumes),
    ...validateResources(container.resources, `${path}.resources`),
    ...validateSecurityContext(container.securityContext, `${path}.securityContext`),
  ];
}

const restartPolicies = ["Always", "Never", "OnFailure"];

function restartPolicyErrors(policy: string | undefined, path: string): FieldError[] {
  return policy === undefined || restartPolicies.includes(policy) ? [] : [notSupported(path, policy, restartPolicies)];
}

export function imageErrors(image: string, path: string): FieldError[] {
  if (image === "") return [required(path)];
  return image === image.trim() ? [] : [invalid(path, image, "must not have leading or trailing whitespace")];
}

function probeErrors(container: Container, path: string): FieldError[] {
  return [
    ...validateProbe(container.livenessProbe, "liveness", `${path}.livenessProbe`),
    ...validateProbe(container.readinessProbe, "readiness", `${path}.readinessProbe`),
    ...validateProbe(container.startupProbe, "startup", `${path}.startupProbe`),
  ];
}

/** An init container that ends has no use for what asks a running one. */
function initProbeErrors(container: Container, path: string): FieldError[] {
  return (["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const)
    .filter(field => container[field] !== undefined)
    .map(field => forbidden(`${path}.${field}`, "may not be set for init containers without restartPolicy=Always"));
}

function portsErrors(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const messages = portNameErrors(port.name);
      if (messages.length > 0) errors.push(...allInvalid(`${at}.name`, port.name, messages));
      else if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    errors.push(
      ...(port.containerPort === 0
        ? [required(`${at}.containerPort`)]
        : validatePort(`${at}.containerPort`, port.containerPort)),
    );
    if (port.hostPort) errors.push(...validatePort(`${at}.hostPort`, port.hostPort));
    if (!port.protocol) errors.push(required(`${at}.protocol`));
    return errors;
  });
}

/** A node's port can be given to one container only. */
function hostPortErrors(spec: PodSpec, path: string): FieldError[] {
  const taken = new Set<string>();
  const errors: FieldError[] = [];
  for (const list of ["containers", "initContainers"] as const) {
    for (const [index, container] of (spec[list] ?? []).entries()) {
      if (list === "initContainers" && !isSidecar(container)) continue;
      for (const [at, port] of (container.ports ?? []).entries()) {
        const field = `${path}.${list}[${index}].ports[${at}]`;
        if (spec.hostNetwork && port.hostPort !== port.containerPort) {
          errors.push(
            invalid(`${field}.hostPort`, port.hostPort ?? 0, "must match `containerPort` when `hostNetwork` is true"),
          );
        }
        if (!port.hostPort) continue;
        const key = `${port.protocol ?? "TCP"}/${port.hostIP ?? ""}/${port.hostPort}`;
        if (taken.has(key)) errors.push(duplicate(`${field}.hostPort`, key));
        taken.add(key);
      }
    }
  }
  return errors;
}

function envErrors(variables: readonly EnvVar[], path: string): FieldError[] {
  return variables.flatMap((variable, index) => {
    const at = `${path}[${index}]`;
    const errors = variable.name
      ? allInvalid(`${at}.name`, variable.name, envVarNameErrors(variable.name))
      : [required(`${at}.name`)];
    if (variable.valueFrom)
      errors.push(...valueFromErrors(variable.valueFrom, variable.value ?? "", `${at}.valueFrom`));
    return errors;
  });
}

function valueFromErrors(source: EnvVarSource, value: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const given = Object.values(source).filter(part => part !== undefined).length;
  if (source.fieldRef) errors.push(...fieldRefErrors(source.fieldRef.fieldPath, `${path}.fieldRef`));
  if (source.resourceFieldRef)
    errors.push(...resourceErrors(source.resourceFieldRef.resource, `${path}.resourceFieldRef`));
  for (const kind of ["configMapKeyRef", "secretKeyRef"] as const) {
    const ref = source[kind];
    if (ref) errors.push(...keyRefErrors(ref.name ?? "", ref.key, `${path}.${kind}`));
  }
  if (value !== "") {
    errors.push(invalid(path, "", "may not be specified when `value` is not empty"));
  } else if (given > 1) errors.push(invalid(path, "", "may not have more than one field specified at a time"));
  if (given === 0) {
    const text =
      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
    errors.push(invalid(path, "", text));
  }
  return errors;
}

const fieldPaths: ReadonlySet<string> = new Set([
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
]);

export function fieldRefErrors(fieldPath: string, path: string): FieldError[] {
  if (!fieldPath) return [required(`${path}.fieldPath`)];
  if (fieldPaths.has(fieldPath)) return [];
  const [, map, key] = /^metadata\.(annotations|labels)\['(.+)'\]$/.exec(fieldPath) ?? [];
  // Keys of annotations may be written in capitals.
  if (key) return allInvalid(path, key, qualifiedNameErrors(map === "labels" ? key : key.toLowerCase()));
  return [
    invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
  ];
}

const resourceNames = ["limits", "requests"].flatMap(kind =>
  ["cpu", "ephemeral-storage", "memory"].map(name => `${kind}.${name}`),
);

function resourceErrors(resource: string, path: string): FieldError[] {
  if (!resource) return [required(`${path}.resource`)];
  if (resourceNames.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)) return [];
  return [notSupported(`${path}.resource`, resource, resourceNames)];
}

function keyRefErrors(name: string, key: string, path: string): FieldError[] {
  const errors = name ? [] : [required(`${path}.name`)];
  return [...errors, ...(key ? allInvalid(`${path}.key`, key, configMapKeyErrors(key)) : [required(`${path}.key`)])];
}

function envFromErrors(sources: readonly EnvFromSource[], path: string): FieldError[] {
  return sources.flatMap((source, index) => {
    const at = `${path}[${index}]`;
    const errors = source.prefix ? allInvalid(`${at}.prefix`, source.prefix, envVarNameErrors(source.prefix)) : [];
    for (const kind of ["configMapRef", "secretRef"] as const) {
      const name = source[kind]?.name;
      if (name) errors.push(...allInvalid(`${at}.${kind}.name`, name, dns1123SubdomainErrors(name)));
      else if (source[kind]) errors.push(required(`${at}.${kind}.name`));
    }
    if (source.configMapRef && source.secretRef) {
      errors.push(invalid(path, "", "may not have more than one field specified at a time"));
    } else if (!source.configMapRef && !source.secretRef) {
      errors.push(invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"));
    }
    return errors;
  });
}

function mountErrors(mounts: readonly VolumeMount[], path: string, volumes: ReadonlySet<string>): FieldError[] {
  const points = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(`${at}.name`));
    else if (!volumes.has(mount.name)) errors.push(notFoundField(`${at}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
    else if (points.has(mount.mountPath)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, "must be unique"));
    points.add(mount.mountPath);
    if (mount.subPath) errors.push(...localPathErrors(mount.subPath, `${at}.subPath`));
    if (mount.subPathExpr && mount.subPath) {
      errors.push(invalid(`${at}.subPathExpr`, mount.subPathExpr, "subPathExpr and subPath are mutually exclusive"));
    } else if (mount.subPathExpr) errors.push(...localPathErrors(mount.subPathExpr, `${at}.subPathExpr`));
    return errors;
  });
}

/** A path that stays below where it starts. */
export function localPathErrors(target: string, path: string): FieldError[] {
  if (target.startsWith("/")) return [invalid(path, target, "must be a relative path")];
  return target.split("/").includes("..") ? [invalid(path, target, "must not contain '..'")] : [];
}
