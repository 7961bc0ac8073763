import { nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { aborted } from "#base/abort.ts";
import type { HttpHandler } from "#base/http.ts";
import { createInformerFactory, type Informer, type InformerFactory } from "#client/informer.ts";
import { ContainerKiller } from "./containers/container-killer.ts";
import { ContainerStarter } from "./containers/container-starter.ts";
import type { KubeletDeps } from "./deps.ts";
import { ImageManager } from "./images/image-manager.ts";
import { NodeLease } from "./node/node-lease.ts";
import { NodeReporter } from "./node/node-reporter.ts";
import { completeOptions, type KubeletOptions, type KubeletOptionsInput } from "./options.ts";
import { admitPod } from "./pods/admission.ts";
import { LifecycleEvents } from "./pods/lifecycle-events.ts";
import { PodManager } from "./pods/pod-manager.ts";
import { PodTerminator } from "./pods/pod-terminator.ts";
import { StatusManager } from "./pods/status-manager.ts";
import { TerminationMessages } from "./pods/termination-messages.ts";
import { ProbeManager } from "./probes/probe-manager.ts";
import { createKubeletHandler } from "./server/handler.ts";
import { WatchedObjects } from "./volumes/referenced-objects.ts";
import { ServiceAccountTokens } from "./volumes/service-account-tokens.ts";
import { VolumeManager } from "./volumes/volume-manager.ts";

export interface Kubelet {
  /** For the node's HTTPS port: pods, logs, exec, attach, port-forward, stats, metrics, health, journey. */
  readonly handler: HttpHandler;
  /** What it watches, its pods first of all: for others on the node, so that each event comes once. */
  readonly informers: InformerFactory;
  /** Resolves when the node has reported itself ready for the first time. */
  readonly ready: Promise<void>;
  /** Runs until the signal aborts. Pods and containers stay as they are: the next kubelet finds them. */
  run(signal: AbortSignal): Promise<void>;
}

const housekeepingMs = 30_000;

/** One node's agent: it makes the pods bound to the node run, and says how node and pods are. */
export function createKubelet(deps: KubeletDeps, input: KubeletOptionsInput): Kubelet {
  const options = completeOptions(input);
  const stop = new AbortController();
  const parts = assemble(deps, options, stop.signal);
  return {
    handler: createKubeletHandler({ ...deps, pods: parts.pods, node: parts.node }, options),
    informers: parts.informers,
    ready: parts.node.ready,
    async run(signal) {
      const ended = () => stop.abort(signal.reason);
      signal.addEventListener("abort", ended, { once: true });
      if (signal.aborted) ended();
      try {
        await runParts(deps, options, parts, stop.signal);
      } finally {
        signal.removeEventListener("abort", ended);
        stop.abort();
      }
    },
  };
}

type Parts = ReturnType<typeof assemble>;

/** Puts the parts together: what is watched, the node, what makes containers, the pods. */
function assemble(deps: KubeletDeps, options: KubeletOptions, signal: AbortSignal) {
  const { client, runtime, host, clock, log, recorder, events } = deps;
  const watches = openInformers(deps, options);
  const node = new NodeReporter(deps, options);
  const lease = new NodeLease(
    { ...deps, node: () => node.node },
    { nodeName: options.nodeName, durationSeconds: options.nodeLeaseDurationSeconds },
  );
  const objects = new WatchedObjects(deps, { changed: uid => manager.volumesChanged(uid) });
  const probes = new ProbeManager(
    { ...deps, network: host.network },
    { node: options.nodeName, changed: uid => manager.probed(uid) },
  );
  const containers = assembleContainers(deps, options, { services: watches.serviceInformer, node, objects, probes });
  const resolver = { text: "" };
  const started = Promise.withResolvers<void>();
  const manager = new PodManager(
    {
      ...{ client, runtime, host, clock, log, recorder, events, objects, probes, ...containers },
      terminator: new PodTerminator({ runtime, killer: containers.killer }),
      statuses: new StatusManager(deps, { signal }),
      messages: new TerminationMessages(host),
      nodeReady: started.promise,
      runtimeName: () => node.runtimeName,
      resolvConf: () => resolver.text,
      rejection: pod =>
        node.node && admitPod({ pod, others: manager.admittedBeside(pod.metadata.uid ?? ""), node: node.node }),
    },
    { kubelet: options, signal },
  );
  const lifecycle = new LifecycleEvents(deps, { changed: uid => manager.runtimeChanged(uid) });
  return { ...watches, node, lease, objects, probes, resolver, started, pods: manager, lifecycle };
}

/** The node's own object, its pods, and all Services. */
function openInformers(deps: KubeletDeps, { nodeName }: KubeletOptions) {
  const informers = createInformerFactory(deps);
  return {
    informers,
    podInformer: informers.informer(pods, { fieldSelector: `spec.nodeName=${nodeName}` }),
    nodeInformer: informers.informer(nodes, { fieldSelector: `metadata.name=${nodeName}` }),
    serviceInformer: informers.informer(services),
  };
}

interface ContainerSurroundings {
  readonly services: Informer<Service>;
  readonly node: NodeReporter;
  readonly objects: WatchedObjects;
  readonly probes: ProbeManager;
}

/** What starts and ends the containers of a pod, and what these need: images, volumes, tokens. */
function assembleContainers(deps: KubeletDeps, options: KubeletOptions, surroundings: ContainerSurroundings) {
  const { runtime, host, clock } = deps;
  const { services, node, objects, probes } = surroundings;
  const allocatable = () => node.node?.status?.allocatable ?? {};
  const tokens = new ServiceAccountTokens(deps);
  const payloads = {
    objects,
    tokens,
    hostIps: options.nodeIps,
    get allocatable() {
      return allocatable();
    },
  };
  const volumes = new VolumeManager({ host, clock, payloads }, options);
  const killer = new ContainerKiller({ runtime, network: host.network, clock });
  const images = new ImageManager({ images: deps.images, clock, objects });
  const starter = new ContainerStarter(
    {
      ...{ runtime, images, host, clock, volumes, objects, probes, killer, allocatable },
      services: namespace => [
        ...services.list(namespace),
        ...(namespace === "default" ? [] : services.list("default")),
      ],
    },
    { clusterDomain: options.clusterDomain, hostIps: options.nodeIps },
  );
  return { tokens, volumes, killer, images, starter };
}

async function runParts(deps: KubeletDeps, options: KubeletOptions, parts: Parts, signal: AbortSignal): Promise<void> {
  parts.resolver.text = new TextDecoder().decode((await deps.host.files.read(options.resolvConf)) ?? new Uint8Array());
  parts.nodeInformer.addHandler(event => {
    if (event.type !== "deleted") parts.node.observe(event.object);
  });
  parts.podInformer.addHandler(event => parts.pods.handle(event));
  const running = [
    parts.informers.run(signal),
    parts.node.run(signal),
    parts.node.registered.then(() => parts.lease.run(signal)),
    parts.lifecycle.run(signal),
    housekeeping(deps, parts, signal),
  ];
  try {
    await Promise.race([aborted(signal), Promise.all(running)]);
  } finally {
    parts.started.resolve();
    parts.probes.stopAll();
    parts.objects.stop();
    await parts.pods.stopped();
  }
}

/** Pods start when the node and the Services are known; what has no pod any more is removed again and again. */
async function housekeeping(deps: KubeletDeps, parts: Parts, signal: AbortSignal): Promise<void> {
  try {
    await Promise.all([parts.node.ready, parts.serviceInformer.waitForSync(signal)]);
    parts.started.resolve();
    await parts.podInformer.waitForSync(signal);
    while (!signal.aborted) {
      parts.pods.refreshTokens();
      await parts.pods
        .removeOrphans()
        .catch((error: unknown) => deps.log.warn("orphans cannot be looked for", { error }));
      await deps.clock.sleep(housekeepingMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
