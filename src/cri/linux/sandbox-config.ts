import type * as cri from "../protocol/messages.ts";
import { CriError } from "../services.ts";
import type { RuntimeContext } from "./context.ts";

/** What a pod's configuration means for its sandbox. */

export function usesNodeNetwork(config: cri.PodSandboxConfig): boolean {
  return config.linux?.securityContext?.namespaceOptions?.network === "NODE";
}

export function usesNodeIpc(config: cri.PodSandboxConfig): boolean {
  return config.linux?.securityContext?.namespaceOptions?.ipc === "NODE";
}

/** Only when the pod says so: what says nothing gets a pid namespace for each container, as Kubernetes' default is. */
export function sharesProcesses(config: cri.PodSandboxConfig): boolean {
  return config.linux?.securityContext?.namespaceOptions?.pid === "POD";
}

export function hostnameOf({ options }: RuntimeContext, config: cri.PodSandboxConfig): string {
  return config.hostname || options.node;
}

export function resolvConf({ searches, servers, options }: cri.DNSConfig): string {
  return [
    ...(searches?.length ? [`search ${searches.join(" ")}`] : []),
    ...(servers ?? []).map(server => `nameserver ${server}`),
    ...(options?.length ? [`options ${options.join(" ")}`] : []),
    "",
  ].join("\n");
}

/** Only settings that belong to a namespace the pod has of its own: any other would change the node. */
export function sysctlPath(name: string, config: cri.PodSandboxConfig): string {
  const path = name.includes("/") ? name : name.replaceAll(".", "/");
  const network = path.startsWith("net/");
  const ipc = /^(kernel\/(shm|msg)[a-z_]*|kernel\/sem|fs\/mqueue\/[a-z_]+)$/.test(path);
  const own = (network && !usesNodeNetwork(config)) || (ipc && !usesNodeIpc(config));
  if (!own || !/^[a-z0-9_.\-/]+$/i.test(path) || path.split("/").includes("..")) {
    throw new CriError("InvalidArgument", `sysctl ${name} is not one that this pod may set`);
  }
  return path;
}
