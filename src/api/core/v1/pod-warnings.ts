import { dns1123LabelErrors } from "#wire/names.ts";
import { canonicalQuantity, quantityMilliValue } from "#wire/quantity.ts";
import type { ObjectMeta } from "../../meta/v1/object-meta.ts";
import type { KubernetesObject } from "../../resource.ts";
import type { NodeSelectorTerm, PodAffinity } from "./affinity.ts";
import type { Container, ContainerPort, EphemeralContainer } from "./container.ts";
import type { PodSpec } from "./pod-spec.ts";
import type { PodTemplateSpec } from "./pod-template.ts";
import type { Volume } from "./volume.ts";

interface Described {
  readonly metadata?: Pick<ObjectMeta, "annotations"> | undefined;
  readonly spec: PodSpec;
}

/**
 * What a pod, or the template at `path`, may say and hardly means, in upstream's words. `path` is `""` or ends with a
 * dot: `spec.template.`.
 */
export function podWarnings({ metadata, spec }: Described, path: string): string[] {
  const annotations = metadata?.annotations ?? {};
  const at = `${path}spec`;
  const containers = containersWithPaths(spec, at);
  return [
    ...nodeLabelWarnings(spec, at),
    ...spreadWarnings(spec, at),
    ...annotationWarnings(annotations, path),
    ...(spec.volumes ?? []).flatMap((volume, index) => volumeWarnings(volume, `${at}.volumes[${index}]`)),
    ...repeated(spec.hostAliases ?? [], "ip", `${at}.hostAliases`),
    ...repeated(spec.imagePullSecrets ?? [], "name", `${at}.imagePullSecrets`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      name ? [] : [`${at}.imagePullSecrets[${index}].name: invalid empty name ""`],
    ),
    ...fractionWarnings(spec.overhead, `${at}.overhead`),
    ...profileAnnotationWarnings(annotations, spec, path),
    ...containers.flatMap(([where, container]) => [
      ...fractionWarnings(container.resources?.limits, `${where}.resources.limits`),
      ...fractionWarnings(container.resources?.requests, `${where}.resources.requests`),
      ...hiddenVariableWarnings(container, where),
    ]),
    ...portWarnings(containers),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinityWarnings(spec.affinity?.podAffinity, `${at}.affinity.podAffinity`),
    ...affinityWarnings(spec.affinity?.podAntiAffinity, `${at}.affinity.podAntiAffinity`),
  ];
}

/** A workload's, of its template: on update only where the specification changed. */
export function workloadWarnings(
  { metadata, spec }: KubernetesObject & { readonly spec: { readonly template?: PodTemplateSpec | undefined } },
  old: KubernetesObject | undefined,
): string[] {
  if (old && old.metadata.generation === metadata.generation) return [];
  return [
    ...(old ? [] : nameWarnings(metadata.name, "Pod names and hostnames")),
    ...(spec.template ? podWarnings(spec.template, "spec.template.") : []),
  ];
}

export function nameWarnings(name: string | undefined, use: string): string[] {
  const messages = dns1123LabelErrors(name ?? "");
  if (messages.length === 0) return [];
  const text = `this is used in ${use}, which can result in surprising behavior; a DNS label is recommended`;
  return [`metadata.name: ${text}: [${messages.join(" ")}]`];
}

type Placed = readonly [path: string, container: Container | EphemeralContainer];

function containersWithPaths(spec: PodSpec, path: string): readonly Placed[] {
  return (["initContainers", "containers", "ephemeralContainers"] as const).flatMap(list =>
    (spec[list] ?? []).map((container, index): Placed => [`${path}.${list}[${index}]`, container]),
  );
}

// ---- places --------------------------------------------------------------------------------------------------

const oldNodeLabels: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

function oldLabel(key: string): string | undefined {
  return Object.hasOwn(oldNodeLabels, key) ? oldNodeLabels[key] : undefined;
}

function nodeLabelWarnings({ nodeSelector = {}, affinity }: PodSpec, path: string): string[] {
  const selected = Object.keys(nodeSelector).flatMap(key => {
    const text = oldLabel(key);
    return text ? [`${path}.nodeSelector[${key}]: ${text}`] : [];
  });
  const at = `${path}.affinity.nodeAffinity`;
  const { requiredDuringSchedulingIgnoredDuringExecution: required, ...rest } = affinity?.nodeAffinity ?? {};
  const terms = required?.nodeSelectorTerms ?? [];
  const preferred = rest.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...selected,
    ...terms.flatMap((term, index) =>
      termWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`),
    ),
    ...preferred.flatMap(({ preference }, index) =>
      termWarnings(preference, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`),
    ),
  ];
}

function termWarnings({ matchExpressions = [] }: NodeSelectorTerm, path: string): string[] {
  return matchExpressions.flatMap(({ key }, index) => {
    const text = oldLabel(key);
    return text ? [`${path}.matchExpressions[${index}].key: ${key} is ${text}`] : [];
  });
}

const matchesNothing = "a null labelSelector results in matching no pod";

function spreadWarnings({ topologySpreadConstraints = [] }: PodSpec, path: string): string[] {
  return topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    const text = oldLabel(topologyKey);
    return [
      ...(text ? [`${at}.topologyKey: ${topologyKey} is ${text}`] : []),
      ...(labelSelector ? [] : [`${at}.labelSelector: ${matchesNothing}`]),
    ];
  });
}

function affinityWarnings(affinity: PodAffinity | undefined, path: string): string[] {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...required.flatMap(({ labelSelector }, index) => {
      const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`;
      return labelSelector ? [] : [`${at}.labelSelector: ${matchesNothing}`];
    }),
    ...preferred.flatMap(({ podAffinityTerm }, index) => {
      const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`;
      return podAffinityTerm.labelSelector ? [] : [`${at}.labelSelector: ${matchesNothing}`];
    }),
  ];
}

// ---- what is no longer read ----------------------------------------------------------------------------------

type Annotations = Readonly<Record<string, string>>;

const oldAnnotations: readonly (readonly [key: string, text: string])[] = [
  ["scheduler.alpha.kubernetes.io/critical-pod", 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ["security.alpha.kubernetes.io/sysctls", 'non-functional in v1.11+; use the "sysctls" field instead'],
  ["security.alpha.kubernetes.io/unsafe-sysctls", 'non-functional in v1.11+; use the "sysctls" field instead'],
];

function annotationWarnings(annotations: Annotations, path: string): string[] {
  return oldAnnotations
    .filter(([key]) => Object.hasOwn(annotations, key))
    .map(([key, text]) => `${path}metadata.annotations[${key}]: ${text}`);
}

/** Annotations of profiles, where no field says the same. */
function profileAnnotationWarnings(annotations: Annotations, spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  const check = (key: string, text: string) => {
    if (Object.hasOwn(annotations, key)) warnings.push(`${path}metadata.annotations[${key}]: ${text}`);
  };
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  const appArmor = 'deprecated since v1.30; use the "appArmorProfile" field instead';
  const { securityContext } = spec;
  if (!securityContext?.seccompProfile) check("seccomp.security.alpha.kubernetes.io/pod", seccomp);
  for (const [, { name, securityContext: own }] of containersWithPaths(spec, "")) {
    if (!own?.seccompProfile) check(`container.seccomp.security.alpha.kubernetes.io/${name}`, seccomp);
    if (!own?.appArmorProfile && !securityContext?.appArmorProfile)
      check(`container.apparmor.security.beta.kubernetes.io/${name}`, appArmor);
  }
  return warnings;
}

const oldVolumes = [
  ["photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "deprecated in v1.11"],
  ["scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "deprecated in v1.28, non-functional in v1.31+"],
] as const;

function volumeWarnings(volume: Volume, path: string): string[] {
  return oldVolumes
    .filter(([kind]) => volume[kind] !== undefined)
    .map(([kind, text]) => `${path}.${kind === "storageos" ? "storageOS" : kind}: ${text}`);
}

// ---- what is said twice, or in parts -------------------------------------------------------------------------

function repeated<K extends string>(
  items: readonly { readonly [P in K]?: string | undefined }[],
  key: K,
  path: string,
): string[] {
  const known = new Set<string>();
  return items.flatMap((item, index) => {
    const value = item[key] ?? "";
    if (known.has(value)) return [`${path}[${index}].${key}: duplicate ${key} ${JSON.stringify(value)}`];
    known.add(value);
    return [];
  });
}

function fractionWarnings(quantities: Readonly<Record<string, string>> | undefined, path: string): string[] {
  return ["memory", "ephemeral-storage"].flatMap(name => {
    const quantity = quantities?.[name];
    if (quantity === undefined || quantityMilliValue(quantity) % 1000 === 0) return [];
    const value = canonicalQuantity(quantity);
    return [`${path}[${name}]: fractional byte value "${value}" is invalid, must be an integer`];
  });
}

/** A later variable of the same name may only extend the earlier: `X=$(X):more`. */
function hiddenVariableWarnings({ env = [] }: Placed[1], path: string): string[] {
  const known = new Set<string>();
  return env.flatMap(({ name, value = "", valueFrom }, index) => {
    const isNew = !known.has(name);
    known.add(name);
    const reference = `$(${name})`;
    if (isNew || (!valueFrom && value !== reference && value.includes(reference))) return [];
    const text = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    return [`${path}.env[${index}]: ${text}`];
  });
}

function portWarnings(containers: readonly Placed[]): string[] {
  const warnings: string[] = [];
  const earlier: { readonly field: string; readonly port: ContainerPort }[] = [];
  for (const [path, { ports = [] }] of containers) {
    for (const [index, port] of ports.entries()) {
      const field = `${path}.ports[${index}]`;
      if (port.hostIP && !port.hostPort) warnings.push(`${field}: hostIP set without hostPort: ${inGo(port)}`);
      for (const other of earlier) {
        if (other.port.containerPort !== port.containerPort || other.port.protocol !== port.protocol) continue;
        const clash = clashOf(port, other.port);
        if (clash) warnings.push(`${field}: ${clash} port definition with ${other.field}`);
      }
      earlier.push({ field, port });
    }
  }
  return warnings;
}

/** How far two definitions of the same port get into each other's way. */
function clashOf(a: ContainerPort, b: ContainerPort): string | undefined {
  const [aPort, bPort, aIp, bIp] = [a.hostPort ?? 0, b.hostPort ?? 0, a.hostIP ?? "", b.hostIP ?? ""];
  if (aPort === bPort && aIp === bIp) return "duplicate";
  if (aPort === 0 || bPort === 0) return "overlapping";
  return aPort === bPort && (aIp === "" || bIp === "") ? "dangerously ambiguous" : undefined;
}

/** As Go prints the struct. */
function inGo({ name = "", hostPort = 0, containerPort, protocol = "TCP", hostIP = "" }: ContainerPort): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}
