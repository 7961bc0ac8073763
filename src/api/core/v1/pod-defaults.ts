import { roundToMilli } from "#wire/quantity.ts";
import type { Mutable } from "../../resource.ts";
import type { Container } from "./container.ts";
import type { Pod } from "./pod.ts";
import { allContainers, isSidecar } from "./pod-containers.ts";
import type { PodSpec } from "./pod-spec.ts";
import type { ResourceRequirements } from "./resources.ts";
import type { Volume } from "./volume.ts";

/** Defaults that one field alone cannot give: for pods and for the templates of pods. */
export function setPodSpecDefaults(spec: Mutable<PodSpec>): void {
  for (const container of allContainers(spec) as Mutables<Container>) {
    container.imagePullPolicy ||= defaultPullPolicy(container.image ?? "");
    roundResources(container.resources);
  }
  for (const volume of spec.volumes ?? []) if (!hasSource(volume)) volume.emptyDir = {};
  roundResources(spec.resources);
  roundList(spec, "overhead");
  if (spec.serviceAccount) spec.serviceAccountName ||= spec.serviceAccount;
  if (spec.serviceAccount !== spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
}

/** Only for pods themselves; a template keeps what was written. */
export function setPodDefaults(pod: Mutable<Pod>): void {
  const { spec } = pod;
  setPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) requestWhatIsLimited(container);
  requestForThePod(spec);
  for (const container of spec.containers) setResizePolicy(container);
  for (const container of spec.initContainers ?? []) if (isSidecar(container)) setResizePolicy(container);
  if (spec.hostNetwork) publishHostPorts(spec);
}

type Mutables<T> = Mutable<T>[];

/** The tag `latest` moves, so it is pulled again and again; no tag and no digest means `latest`. */
function defaultPullPolicy(image: string): "Always" | "IfNotPresent" {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]*)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function hasSource(volume: Mutable<Volume>): boolean {
  return Object.keys(volume).some(key => key !== "name" && volume[key as keyof Volume] !== undefined);
}

function roundResources(resources: Mutable<ResourceRequirements> | undefined): void {
  if (resources === undefined) return;
  roundList(resources, "limits");
  roundList(resources, "requests");
}

/** Touches only what is not round: the rest may be shared and frozen. */
function roundList<K extends string>(owner: { [key in K]?: Record<string, string> | undefined }, name: K): void {
  const list = owner[name];
  if (list === undefined || Object.values(list).every(text => roundToMilli(text) === text)) return;
  owner[name] = Object.fromEntries(Object.entries(list).map(([key, text]) => [key, roundToMilli(text)]));
}

function requestWhatIsLimited(container: Mutable<Container>): void {
  const { limits = {}, requests = {} } = container.resources ?? {};
  if (Object.keys(limits).some(name => requests[name] === undefined)) {
    container.resources!.requests = { ...limits, ...requests };
  }
}

/** A limit of the pod as a whole is its request where neither it nor a container requests anything. */
function requestForThePod(spec: Mutable<PodSpec>): void {
  const { resources } = spec;
  if (!resources?.limits) return;
  for (const [name, limit] of Object.entries(resources.limits)) {
    const requested = spec.containers.some(container => container.resources?.requests?.[name] !== undefined);
    if (resources.requests?.[name] === undefined && !requested) {
      resources.requests = { ...resources.requests, [name]: limit };
    }
  }
}

function setResizePolicy(container: Mutable<Container>): void {
  for (const resourceName of ["cpu", "memory"]) {
    const { requests, limits } = container.resources ?? {};
    if (requests?.[resourceName] === undefined && limits?.[resourceName] === undefined) continue;
    const policies = container.resizePolicy ?? [];
    if (policies.some(policy => policy.resourceName === resourceName)) continue;
    container.resizePolicy = [...policies, { resourceName, restartPolicy: "NotRequired" }];
  }
}

function publishHostPorts(spec: Mutable<PodSpec>): void {
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
}
