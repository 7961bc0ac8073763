import { pods } from "#api/core/v1/pod.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../attributes.ts";
import { concerns, objectOf, oldOf, refusal } from "./requests.ts";

/** PriorityClass objects are not served: these two always exist, and pods without a class have priority 0. */
const classes: Readonly<Record<string, number>> = {
  "system-node-critical": 2_000_001_000,
  "system-cluster-critical": 2_000_000_000,
};
const preemptionPolicy = "PreemptLowerPriority";

/** Writes the priority that a pod's class stands for into the pod. */
export const priority: AdmissionPlugin = {
  name: "Priority",
  handles: request => concerns(request, pods, ["CREATE", "UPDATE"]),

  admit(request) {
    if (request.operation === "UPDATE") keepPriority(request);
    else setPriority(request);
  },
};

function setPriority(request: AdmissionRequest): void {
  const { spec } = objectOf(pods, request);
  const name = spec.priorityClassName ?? "";
  const value = name === "" ? 0 : classes[name];
  if (value === undefined) throw refusal(request, `no PriorityClass with name ${name} was found`);
  if (spec.priority !== undefined && spec.priority !== value) {
    throw refusal(
      request,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    throw refusal(
      request,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  }
  spec.priority = value;
  spec.preemptionPolicy = preemptionPolicy;
}

/** Clients that do not know the field must not remove it. */
function keepPriority(request: AdmissionRequest): void {
  const { spec } = objectOf(pods, request);
  const old = oldOf(pods, request).spec;
  if (spec.priority === undefined && old.priority !== undefined) spec.priority = old.priority;
  if (spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) {
    spec.preemptionPolicy = old.preemptionPolicy;
  }
}
