import type { Container, EnvVar } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { Service } from "#api/core/v1/service.ts";
import type { ReferencedObjects } from "../volumes/referenced-objects.ts";
import { decodeBase64 } from "./base64.ts";
import { ContainerConfigError } from "./errors.ts";
import { expand } from "./expansion.ts";
import { type NodeAllocatable, podField, resourceField } from "./field-path.ts";
import { serviceEnvironment } from "./service-environment.ts";

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  /** Of the pod's namespace and `default`. */
  readonly services: readonly Service[];
  readonly objects: ReferencedObjects;
  readonly hostIps: readonly string[];
  /** Waits for the pod's network: asked only for variables that want an address. */
  podIps(): Promise<readonly string[]>;
  readonly allocatable: NodeAllocatable;
}

/**
 * A container's environment: Service variables give way to `envFrom`, and both to `env`, whose values may name what
 * stands before them.
 */
export async function containerEnvironment(input: EnvironmentInput): Promise<Map<string, string>> {
  const { pod, container } = input;
  const links = serviceEnvironment(input.services, pod.metadata.namespace ?? "", pod.spec.enableServiceLinks ?? true);
  const result = await environmentFrom(input);
  for (const variable of container.env ?? []) {
    const value = await variableValue(input, variable, name => result.get(name) ?? links.get(name));
    if (value !== undefined) result.set(variable.name, value);
  }
  for (const [name, value] of links) if (!result.has(name)) result.set(name, value);
  return result;
}

async function environmentFrom(input: EnvironmentInput): Promise<Map<string, string>> {
  const namespace = input.pod.metadata.namespace ?? "";
  const result = new Map<string, string>();
  for (const source of input.container.envFrom ?? []) {
    const prefix = source.prefix ?? "";
    if (source.configMapRef) {
      const { name = "", optional } = source.configMapRef;
      const found = await input.objects.configMap(namespace, name);
      if (found === undefined && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
      for (const [key, value] of Object.entries(found?.data ?? {})) result.set(prefix + key, value);
    } else if (source.secretRef) {
      const { name = "", optional } = source.secretRef;
      const found = await input.objects.secret(namespace, name);
      if (found === undefined && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
      for (const [key, value] of Object.entries(found?.data ?? {})) result.set(prefix + key, decodeText(value));
    }
  }
  return result;
}

async function variableValue(
  input: EnvironmentInput,
  variable: EnvVar,
  lookup: (name: string) => string | undefined,
): Promise<string | undefined> {
  const from = variable.valueFrom;
  if (from === undefined) return expand(variable.value ?? "", lookup);
  if (from.fieldRef) return fieldValue(input, from.fieldRef.fieldPath);
  if (from.resourceFieldRef) {
    const { containerName, resource, divisor } = from.resourceFieldRef;
    const named = containerName ? findContainer(input.pod, containerName) : input.container;
    return resourceField(named ?? input.container, resource, divisor, input.allocatable);
  }
  const namespace = input.pod.metadata.namespace ?? "";
  if (from.configMapKeyRef) {
    const { name = "", key, optional } = from.configMapKeyRef;
    const found = await input.objects.configMap(namespace, name);
    if (found === undefined && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
    return required(found?.data?.[key], optional, `couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
  }
  if (from.secretKeyRef) {
    const { name = "", key, optional } = from.secretKeyRef;
    const found = await input.objects.secret(namespace, name);
    if (found === undefined && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
    const value = found?.data?.[key];
    return required(value && decodeText(value), optional, `couldn't find key ${key} in Secret ${namespace}/${name}`);
  }
  return "";
}

async function fieldValue(input: EnvironmentInput, path: string): Promise<string> {
  if (path === "status.podIP") return (await input.podIps())[0] ?? "";
  if (path === "status.podIPs") return (await input.podIps()).join(",");
  const value = podField(input.pod, path, input.hostIps);
  if (value === undefined) throw new ContainerConfigError(`unsupported fieldPath: ${path}`);
  return value;
}

function required(value: string | undefined, optional: boolean | undefined, message: string): string | undefined {
  if (value === undefined && !optional) throw new ContainerConfigError(message);
  return value;
}

function findContainer(pod: Pod, name: string): Container | undefined {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(container => container.name === name);
}

function decodeText(base64: string): string {
  return new TextDecoder().decode(decodeBase64(base64));
}
