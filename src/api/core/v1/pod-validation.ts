import { jsonEqual } from "#base/json-equal.ts";
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  domainErrors,
  inRangeMessage,
  qualifiedNameErrors,
} from "#wire/names.ts";
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../../field-error.ts";
import { validateAnnotations, validateLabels } from "../../meta/v1/object-meta-validation.ts";
import { allInvalid, validateIp } from "../../validation.ts";
import { validateAffinity, validateTolerations, validateTopologySpread } from "./affinity-validation.ts";
import { imageErrors, validateContainers } from "./container-validation.ts";
import type { Pod } from "./pod.ts";
import type { PodSpec } from "./pod-spec.ts";
import type { PodTemplateSpec } from "./pod-template.ts";
import { validateResources } from "./resources-validation.ts";
import { validatePodSecurityContext } from "./security-context-validation.ts";
import { validateVolumes } from "./volume-validation.ts";

export function validatePod(pod: Pod): FieldError[] {
  const errors = validatePodSpec(pod.spec, "spec");
  if ((pod.spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  }
  if (pod.spec.nodeName && (pod.spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  }
  return errors;
}

/** What a workload says its pods shall be. */
export function validatePodTemplate({ metadata, spec }: PodTemplateSpec, path: string): FieldError[] {
  const errors = [
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template"));
  }
  return errors;
}

export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  return [
    ...validateVolumes(spec.volumes ?? [], `${path}.volumes`),
    ...validateContainers(spec, path),
    ...validateResources(spec.resources, `${path}.resources`),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurityContext(spec.securityContext, `${path}.securityContext`),
    ...nameErrors(spec, path),
    ...deadlineErrors(spec, path),
    ...dnsErrors(spec, path),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...hostAliasErrors(spec, path),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`),
    ...gateErrors(spec, path),
  ];
}

function nameErrors(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"] as const) {
    const name = spec[field];
    if (name) errors.push(...allInvalid(`${path}.${field}`, name, dns1123SubdomainErrors(name)));
  }
  for (const field of ["hostname", "subdomain"] as const) {
    const name = spec[field];
    if (name) errors.push(...allInvalid(`${path}.${field}`, name, dns1123LabelErrors(name)));
  }
  return errors;
}

function deadlineErrors({ activeDeadlineSeconds }: PodSpec, path: string): FieldError[] {
  if (activeDeadlineSeconds === undefined || (activeDeadlineSeconds >= 1 && activeDeadlineSeconds <= 2147483647))
    return [];
  return [invalid(`${path}.activeDeadlineSeconds`, activeDeadlineSeconds, inRangeMessage(1, 2147483647))];
}

function dnsErrors({ dnsPolicy, dnsConfig }: PodSpec, path: string): FieldError[] {
  const nameservers = dnsConfig?.nameservers ?? [];
  const errors: FieldError[] = [];
  if (dnsPolicy === "None" && dnsConfig === undefined) {
    errors.push(required(`${path}.dnsConfig`, "must provide `dnsConfig` when `dnsPolicy` is None"));
  } else if (dnsPolicy === "None" && nameservers.length === 0) {
    errors.push(
      required(`${path}.dnsConfig.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None"),
    );
  }
  if (nameservers.length > 3)
    errors.push(invalid(`${path}.dnsConfig.nameservers`, nameservers, "must not have more than 3 nameservers"));
  errors.push(...nameservers.flatMap((ip, index) => validateIp(`${path}.dnsConfig.nameservers[${index}]`, ip)));
  const searches = dnsConfig?.searches ?? [];
  if (searches.length > 32)
    errors.push(invalid(`${path}.dnsConfig.searches`, searches, "must not have more than 32 search paths"));
  searches.forEach((search, index) => {
    const domain = search.replace(/\.$/, "");
    if (search !== ".")
      errors.push(...allInvalid(`${path}.dnsConfig.searches[${index}]`, domain, domainErrors(domain)));
  });
  (dnsConfig?.options ?? []).forEach(({ name }, index) => {
    if (!name) errors.push(required(`${path}.dnsConfig.options[${index}]`, "must not be empty"));
  });
  return errors;
}

function hostAliasErrors({ hostAliases = [] }: PodSpec, path: string): FieldError[] {
  return hostAliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...validateIp(`${path}.hostAliases[${index}].ip`, ip),
    ...hostnames.flatMap(name =>
      allInvalid(`${path}.hostAliases[${index}].hostnames`, name, dns1123SubdomainErrors(name)),
    ),
  ]);
}

function gateErrors({ schedulingGates = [], readinessGates = [] }: PodSpec, path: string): FieldError[] {
  const names = new Set<string>();
  return [
    ...readinessGates.flatMap(({ conditionType }, index) =>
      allInvalid(`${path}.readinessGates[${index}].conditionType`, conditionType, qualifiedNameErrors(conditionType)),
    ),
    ...schedulingGates.flatMap(({ name }, index) => {
      const errors = allInvalid(`${path}.schedulingGates[${index}]`, name, qualifiedNameErrors(name));
      if (names.has(name)) errors.push(duplicate(`${path}.schedulingGates[${index}]`, name));
      names.add(name);
      return errors;
    }),
  ];
}

// ---- changes -------------------------------------------------------------------------------------------------

const unchangeable =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** Of a pod that exists little may change: images, a shorter deadline, more tolerations, fewer scheduling gates. */
export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const { spec } = pod;
  const countErrors = (["containers", "initContainers"] as const)
    .filter(list => (spec[list] ?? []).length !== (old.spec[list] ?? []).length)
    .map(list => forbidden(`spec.${list}`, "pod updates may not add or remove containers"));
  if (countErrors.length > 0) return countErrors;
  const errors = [
    ...changedImageErrors(spec, old.spec),
    ...changedDeadlineErrors(spec, old.spec),
    ...changedTolerationErrors(spec, old.spec),
    ...addedGateErrors(spec, old.spec),
  ];
  if (!jsonEqual(comparable(spec, old.spec), old.spec)) errors.push(forbidden("spec", unchangeable));
  return errors;
}

function changedImageErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  return (["containers", "initContainers"] as const).flatMap(list =>
    (spec[list] ?? []).flatMap(({ image = "" }, index) =>
      image === old[list]?.[index]?.image ? [] : imageErrors(image, `spec.${list}[${index}].image`),
    ),
  );
}

function changedDeadlineErrors(
  { activeDeadlineSeconds: now }: PodSpec,
  { activeDeadlineSeconds: before }: PodSpec,
): FieldError[] {
  const path = "spec.activeDeadlineSeconds";
  if (now === before) return [];
  if (now === undefined) return [invalid(path, null, "must not update from a positive integer to nil value")];
  if (now < 1 || now > 2147483647) return [invalid(path, now, inRangeMessage(1, 2147483647))];
  if (before !== undefined && now > before) return [invalid(path, now, "must be less than or equal to previous value")];
  return [];
}

function changedTolerationErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const withoutSeconds = ({ tolerationSeconds: _, ...rest }: NonNullable<PodSpec["tolerations"]>[number]) => rest;
  const now = (spec.tolerations ?? []).map(withoutSeconds);
  const allKept = (old.tolerations ?? []).every(before => now.some(item => jsonEqual(item, withoutSeconds(before))));
  if (!allKept)
    return [forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")];
  return validateTolerations(spec.tolerations ?? [], "spec.tolerations");
}

function addedGateErrors({ schedulingGates = [] }: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(gate => gate.name));
  return schedulingGates.flatMap(({ name }, index) =>
    before.has(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** The new spec with everything that may change set back: what differs still may not. */
function comparable(spec: PodSpec, old: PodSpec): PodSpec {
  const withOldImages = (list: "containers" | "initContainers") =>
    spec[list]?.map((container, index) => ({ ...container, image: old[list]![index]!.image }));
  const graceFixed = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const gated = (old.schedulingGates ?? []).length > 0;
  return {
    ...spec,
    containers: withOldImages("containers")!,
    initContainers: withOldImages("initContainers"),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...(graceFixed && { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds }),
    // A pod that still waits may be told more narrowly where to go.
    ...(gated && { nodeSelector: old.nodeSelector, affinity: old.affinity }),
  };
}

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const nominated = pod.status?.nominatedNodeName;
  if (nominated) errors.push(...allInvalid("status.nominatedNodeName", nominated, dns1123SubdomainErrors(nominated)));
  if (pod.spec.nodeName !== old.spec.nodeName) {
    errors.push(forbidden("status.nodeName", "may not be changed directly"));
  }
  for (const [index, { status, type }] of (pod.status?.conditions ?? []).entries()) {
    if (!["True", "False", "Unknown"].includes(status)) {
      errors.push(notSupported(`status.conditions[${index}].status`, status, ["True", "False", "Unknown"]));
    }
    errors.push(...allInvalid(`status.conditions[${index}].type`, type, qualifiedNameErrors(type)));
  }
  return errors;
}

/** For writes through /ephemeralcontainers: they may be added, never changed or removed. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors = validateContainers(pod.spec, "spec");
  const now = new Map((pod.spec.ephemeralContainers ?? []).map(container => [container.name, container]));
  for (const [index, before] of (old.spec.ephemeralContainers ?? []).entries()) {
    const after = now.get(before.name);
    const named = JSON.stringify(before.name);
    if (after === undefined) {
      errors.push(forbidden("spec.ephemeralContainers", `existing ephemeral containers ${named} may not be removed\n`));
    } else if (!jsonEqual(after, before)) {
      const path = `spec.ephemeralContainers[${index}]`;
      errors.push(forbidden(path, `existing ephemeral containers ${named} may not be changed\n`));
    }
  }
  return errors;
}
