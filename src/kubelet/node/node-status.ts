import type { ContainerImage, Node, NodeStatus } from "#api/core/v1/node.ts";
import { formatTime } from "#base/clock.ts";
import { kubernetesVersion } from "#base/version.ts";
import type * as cri from "#cri/protocol/messages.ts";
import type { DiskUsage, MachineInfo } from "../host.ts";
import type { KubeletOptions } from "../options.ts";
import { type NodeHealth, nodeConditions } from "./node-conditions.ts";
import { nodeAllocatable, nodeCapacity } from "./node-resources.ts";

export interface NodeStatusInput {
  readonly machine: MachineInfo;
  readonly disk: DiskUsage;
  readonly runtime: cri.VersionResponse;
  readonly runtimeStatus: cri.StatusResponse;
  readonly images: readonly cri.Image[];
  readonly health: NodeHealth;
  readonly nowMs: number;
  readonly previous: NodeStatus | undefined;
}

/** The whole of a node's status as the kubelet says it. */
export function nodeStatusOf(input: NodeStatusInput, options: KubeletOptions): NodeStatus {
  const { machine, disk, runtime, previous } = input;
  const capacity = nodeCapacity(machine, disk, options);
  const own = nodeConditions(input.health, previous?.conditions ?? [], formatTime(input.nowMs));
  const others = (previous?.conditions ?? []).filter(condition => !own.some(({ type }) => type === condition.type));
  return {
    capacity,
    allocatable: nodeAllocatable(capacity, disk, options),
    conditions: [...others, ...own],
    addresses: [
      ...options.nodeIps.map(address => ({ type: "InternalIP", address })),
      { type: "Hostname", address: options.nodeName },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: options.port } },
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: `${runtime.runtimeName}://${runtime.runtimeVersion}`,
      kubeletVersion: kubernetesVersion(options.version),
      kubeProxyVersion: "",
      operatingSystem: "linux",
      architecture: machine.architecture,
    },
    images: imagesOf(input.images),
    ...(previous?.volumesAttached ? { volumesAttached: previous.volumesAttached } : {}),
    ...(previous?.volumesInUse ? { volumesInUse: previous.volumesInUse } : {}),
    runtimeHandlers: (input.runtimeStatus.runtimeHandlers ?? []).map(({ name = "", features }) => ({
      name,
      features: {
        recursiveReadOnlyMounts: features?.recursiveReadOnlyMounts ?? false,
        userNamespaces: features?.userNamespaces ?? false,
      },
    })),
    features: { supplementalGroupsPolicy: input.runtimeStatus.features?.supplementalGroupsPolicy ?? false },
  };
}

const maximumImages = 50;
const maximumNames = 5;

/** The largest images first. */
function imagesOf(images: readonly cri.Image[]): readonly ContainerImage[] {
  return images
    .map(image => ({
      names: [...(image.repoDigests ?? []), ...(image.repoTags ?? [])].slice(0, maximumNames),
      sizeBytes: image.size ?? 0,
    }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, maximumImages);
}

/** The Node object as it is first registered. */
export function newNode(status: NodeStatus, options: KubeletOptions, machine: MachineInfo): Node {
  return {
    metadata: {
      name: options.nodeName,
      labels: nodeLabels(options, machine),
      annotations: { ...options.annotations, "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: {
      ...(options.taints.length > 0 ? { taints: options.taints } : {}),
      ...(options.providerId ? { providerID: options.providerId } : {}),
    },
    status,
  };
}

export function nodeLabels(options: KubeletOptions, machine: MachineInfo): Record<string, string> {
  return {
    "beta.kubernetes.io/arch": machine.architecture,
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": machine.architecture,
    "kubernetes.io/hostname": options.nodeName,
    "kubernetes.io/os": "linux",
    ...options.labels,
  };
}
