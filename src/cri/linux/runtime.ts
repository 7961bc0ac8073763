import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DisposalStack } from "#base/disposal.ts";
import type { ImageService, RuntimeService } from "../services.ts";
import { Cgroups } from "./cgroups.ts";
import { containerStatus } from "./container-status.ts";
import {
  findContainer,
  findSandbox,
  type LinuxRuntimeDeps,
  type LinuxRuntimeOptions,
  type RuntimeContext,
  RuntimePaths,
} from "./context.ts";
import { createContainer } from "./create-container.ts";
import { ContainerEvents } from "./events.ts";
import { execSync } from "./exec-sync.ts";
import { ExitWatch } from "./exits.ts";
import { fetchInNetwork } from "./images/fetcher-process.ts";
import { createImageService } from "./images/image-service.ts";
import { ImageStore } from "./images/image-store.ts";
import { listContainers, listPodSandbox } from "./list.ts";
import { MountPoints } from "./mount-points.ts";
import { capabilitiesOfMask } from "./oci/capabilities.ts";
import { podSandboxStatus } from "./pod-sandbox-status.ts";
import { recover } from "./recover.ts";
import { removeContainer } from "./remove-container.ts";
import { removePodSandbox } from "./remove-pod-sandbox.ts";
import { reopenContainerLog } from "./reopen-container-log.ts";
import { runPodSandbox } from "./run-pod-sandbox.ts";
import { startContainer } from "./start-container.ts";
import { Stats } from "./stats.ts";
import { stopContainer } from "./stop-container.ts";
import { stopPodSandbox } from "./stop-pod-sandbox.ts";
import { StreamingServer } from "./streaming/streaming-server.ts";
import { updateContainerResources } from "./update-container-resources.ts";
import { readRuntimeConfig, updateRuntimeConfig } from "./update-runtime-config.ts";

export type { LinuxRuntimeDeps, LinuxRuntimeOptions } from "./context.ts";

export interface LinuxRuntime extends AsyncDisposable {
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly store: ImageStore;
}

/**
 * The container runtime of a node: namespaces pinned to files, networks by CNI, containers by an OCI runtime, each held by a
 * conmon. Nothing of it is a child of this process: disposing ends the service, and the containers go on.
 */
export async function createLinuxRuntime(deps: LinuxRuntimeDeps, options: LinuxRuntimeOptions): Promise<LinuxRuntime> {
  const context = await makeContext(deps, options);
  await recover(context);
  const resources = new DisposalStack();
  resources.use(new ExitWatch(context));
  resources.defer(() => context.events.close());
  const streaming = resources.use(await StreamingServer.start(context));
  const images = createImageService({
    ...deps,
    store: context.images,
    node: options.node,
    ...(options.fetcher && { fetch: fetchInNetwork(deps, options.fetcher) }),
  });
  return {
    runtime: runtimeService(context, streaming),
    images,
    store: context.images,
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

async function makeContext(deps: LinuxRuntimeDeps, options: LinuxRuntimeOptions): Promise<RuntimeContext> {
  const imageRoot = options.imageRoot ?? join(options.root, "images");
  const paths = new RuntimePaths(options.stateFolder, options.root);
  for (const folder of [paths.sandboxes, paths.containers, paths.exits, paths.runc, paths.ipam, paths.layers]) {
    await mkdir(folder, { recursive: true, mode: 0o711 });
  }
  return {
    ...deps,
    options: {
      cniBinFolder: "/usr/lib/cni",
      runtimePath: "/usr/sbin/runc",
      conmonPath: "/usr/bin/conmon",
      mtu: 1500,
      ...options,
      imageRoot,
    },
    podCidr: options.podCidr ?? (await readRuntimeConfig(paths.runtimeConfig)).podCidr,
    paths,
    images: await ImageStore.open(deps.helper, imageRoot),
    mountPoints: await MountPoints.open(paths.mountPoints),
    cgroups: new Cgroups(),
    availableCapabilities: ownCapabilities(),
    events: new ContainerEvents(),
    sandboxes: new Map(),
    containers: new Map(),
  };
}

function ownCapabilities(): string[] {
  const mask = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return capabilitiesOfMask(mask);
}

function runtimeService(context: RuntimeContext, streaming: StreamingServer): RuntimeService {
  const stats = new Stats(context);
  return {
    version: async () => ({ version: "0.1.0", runtimeName: "k8ts", runtimeVersion: "0.1.0", runtimeApiVersion: "v1" }),
    status: async () => ({
      status: { conditions: conditions(context) },
      info: {},
      runtimeHandlers: [handler],
      features,
    }),
    runPodSandbox: (request, call) => runPodSandbox(context, request, call),
    stopPodSandbox: (request, call) => stopPodSandbox(context, request, call),
    removePodSandbox: (request, call) => removePodSandbox(context, request, call),
    podSandboxStatus: request => podSandboxStatus(context, request),
    listPodSandbox: async request => listPodSandbox(context, request),
    createContainer: async (request, call) => createContainer(context, request, call),
    startContainer: (request, call) => startContainer(context, request, call),
    stopContainer: (request, call) => stopContainer(context, request, call),
    removeContainer: request => removeContainer(context, request),
    listContainers: async request => listContainers(context, request),
    containerStatus: async request => containerStatus(context, request),
    updateContainerResources: request => updateContainerResources(context, request),
    reopenContainerLog: request => reopenContainerLog(context, request),
    execSync: request => execSync(context, request),
    exec: async request => ({ url: streaming.exec(request) }),
    attach: async request => ({ url: streaming.attach(request) }),
    portForward: async request => ({ url: streaming.portForward(request) }),
    containerStats: async ({ containerId }) => ({ stats: await stats.container(findContainer(context, containerId)) }),
    listContainerStats: async ({ filter }) => ({ stats: await stats.containers(filter) }),
    podSandboxStats: async ({ podSandboxId }) => ({ stats: await stats.sandbox(findSandbox(context, podSandboxId)) }),
    listPodSandboxStats: async ({ filter }) => ({ stats: await stats.sandboxes(filter) }),
    updateRuntimeConfig: request => updateRuntimeConfig(context, request),
    runtimeConfig: async () => ({ linux: { cgroupDriver: "CGROUPFS" } }),
    getContainerEvents: (_, call) => context.events.listen(call.signal),
  };
}

const handler = { name: "", features: { recursiveReadOnlyMounts: true, userNamespaces: false } };
const features = { supplementalGroupsPolicy: true };

function conditions({ podCidr }: RuntimeContext) {
  return [
    { type: "RuntimeReady", status: true, reason: "", message: "" },
    podCidr === undefined
      ? {
          type: "NetworkReady",
          status: false,
          reason: "NoPodCIDR",
          message: "the node has no range of pod addresses yet",
        }
      : { type: "NetworkReady", status: true, reason: "", message: "" },
  ];
}
