import type { PodTemplateSpec } from "../../core/v1/pod-template.ts";
import { validatePodTemplate } from "../../core/v1/pod-validation.ts";
import type { ReplicationController, ReplicationControllerStatus } from "../../core/v1/replication-controller.ts";
import { type FieldError, forbidden, invalid, notSupported, required } from "../../field-error.ts";
import type { LabelSelector } from "../../meta/v1/label-selector.ts";
import { labelSelectorMatcher } from "../../meta/v1/label-selector-match.ts";
import {
  nonNegative,
  unchanged,
  validateAtMost100Percent,
  validateIntOrPercent,
  validateLabelSelector,
} from "../../validation.ts";
import type { Deployment, DeploymentSpec } from "./deployment.ts";
import type { ReplicaSet, ReplicaSetStatus } from "./replica-set.ts";

export function validateDeployment({ spec }: Deployment, old: Deployment | undefined): FieldError[] {
  return [
    ...nonNegative("spec.replicas", spec.replicas),
    ...selectorErrors(spec.selector, "deployment"),
    ...templateErrors(spec.selector, spec.template, "Deployment"),
    ...strategyErrors(spec),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
    ...progressErrors(spec),
    ...(old ? unchanged("spec.selector", spec.selector, old.spec.selector) : []),
  ];
}

export function validateReplicaSet({ spec }: ReplicaSet, old: ReplicaSet | undefined): FieldError[] {
  return [
    ...nonNegative("spec.replicas", spec.replicas),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...selectorErrors(spec.selector, "replicaset"),
    ...templateErrors(spec.selector, spec.template, "ReplicaSet"),
    ...(old ? unchanged("spec.selector", spec.selector, old.spec.selector) : []),
  ];
}

/** The selector of a replication controller is a plain set of labels. */
export function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  const { selector = {}, template } = spec;
  const isEmpty = Object.keys(selector).length === 0;
  return [
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...(isEmpty ? [required("spec.selector")] : []),
    ...nonNegative("spec.replicas", spec.replicas),
    ...templateErrors({ matchLabels: selector }, template, "ReplicationController"),
  ];
}

export function validateDeploymentStatus({ status }: Deployment, old: Deployment): FieldError[] {
  const errors = counts(status, [
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "unavailableReplicas",
    "observedGeneration",
  ]);
  if ((status?.updatedReplicas ?? 0) > (status?.replicas ?? 0)) {
    errors.push(invalid("status.updatedReplicas", status?.updatedReplicas, "cannot be greater than status.replicas"));
  }
  errors.push(...availabilityErrors(status));
  if ((status?.collisionCount ?? 0) < (old.status?.collisionCount ?? 0)) {
    errors.push(invalid("status.collisionCount", status?.collisionCount, "cannot be decremented"));
  }
  return errors;
}

export function validateReplicationControllerStatus({ status }: ReplicationController): FieldError[] {
  return replicaCountErrors(status);
}

export function validateReplicaSetStatus({ status }: ReplicaSet): FieldError[] {
  return replicaCountErrors(status);
}

function replicaCountErrors(status: ReplicaSetStatus | ReplicationControllerStatus | undefined): FieldError[] {
  const errors = counts(status, [
    "replicas",
    "fullyLabeledReplicas",
    "readyReplicas",
    "availableReplicas",
    "observedGeneration",
  ]);
  if ((status?.fullyLabeledReplicas ?? 0) > (status?.replicas ?? 0)) {
    errors.push(
      invalid("status.fullyLabeledReplicas", status?.fullyLabeledReplicas, "cannot be greater than status.replicas"),
    );
  }
  return [...errors, ...availabilityErrors(status)];
}

interface Counts {
  readonly replicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
}

function counts<T>(status: T | undefined, fields: readonly (keyof T & string)[]): FieldError[] {
  return fields.flatMap(field => nonNegative(`status.${field}`, status?.[field] as number | undefined));
}

function availabilityErrors(status: Counts | undefined): FieldError[] {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status ?? {};
  const errors: FieldError[] = [];
  if (readyReplicas > replicas) {
    errors.push(invalid("status.readyReplicas", readyReplicas, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > replicas) {
    errors.push(invalid("status.availableReplicas", availableReplicas, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > readyReplicas) {
    errors.push(invalid("status.availableReplicas", availableReplicas, "cannot be greater than readyReplicas"));
  }
  return errors;
}

function selectorErrors(selector: LabelSelector | undefined, kind: string): FieldError[] {
  if (selector === undefined) return [required("spec.selector")];
  const errors = validateLabelSelector("spec.selector", selector);
  if (isEmptySelector(selector))
    errors.push(invalid("spec.selector", selector, `empty selector is invalid for ${kind}`));
  return errors;
}

function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

function templateErrors(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  kind: string,
): FieldError[] {
  const path = "spec.template";
  if (template === undefined) return [required(path)];
  const errors: FieldError[] = [];
  const labels = template.metadata.labels;
  if (selector && !isEmptySelector(selector) && !labelSelectorMatcher(selector)(labels)) {
    errors.push(invalid(`${path}.metadata.labels`, labels ?? null, "`selector` does not match template `labels`"));
  }
  errors.push(...validatePodTemplate(template, path));
  const { restartPolicy = "Always", activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== "Always") errors.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}

function strategyErrors({ strategy }: DeploymentSpec): FieldError[] {
  const { type, rollingUpdate } = strategy ?? {};
  const path = "spec.strategy.rollingUpdate";
  if (type === "Recreate") {
    if (rollingUpdate === undefined) return [];
    return [forbidden(path, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== "RollingUpdate") return [];
  if (rollingUpdate === undefined) return [required(path, "this should be defaulted and never be nil")];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const errors = [
    ...validateIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${path}.maxSurge`, maxSurge),
  ];
  if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
    errors.push(invalid(`${path}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
  }
  return [...errors, ...validateAtMost100Percent(`${path}.maxUnavailable`, maxUnavailable)];
}

function isNothing(value: number | string): boolean {
  return value === 0 || value === "0%";
}

function progressErrors({ progressDeadlineSeconds, minReadySeconds = 0 }: DeploymentSpec): FieldError[] {
  if (progressDeadlineSeconds === undefined) return [];
  const errors = nonNegative("spec.progressDeadlineSeconds", progressDeadlineSeconds);
  if (progressDeadlineSeconds <= minReadySeconds) {
    errors.push(
      invalid("spec.progressDeadlineSeconds", progressDeadlineSeconds, "must be greater than minReadySeconds"),
    );
  }
  return errors;
}
