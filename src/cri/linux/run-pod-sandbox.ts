import { mkdirSync, writeFileSync } from "node:fs";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, CriError } from "../services.ts";
import { cniAdd } from "./cni.ts";
import {
  measured,
  nanoseconds,
  newId,
  type RuntimeContext,
  runOrThrow,
  type Sandbox,
  saveSandbox,
  subjectOf,
} from "./context.ts";
import { namespacesCommand } from "./namespaces.ts";
import { hostnameOf, resolvConf, sharesProcesses, sysctlPath, usesNodeIpc, usesNodeNetwork } from "./sandbox-config.ts";
import { endInit, startInit } from "./shared-processes.ts";
import { removeSandboxFiles, tearDown } from "./stop-pod-sandbox.ts";

/**
 * Makes a pod's namespaces and pins them to files, so that no process has to hold them. The network is plugged in beside
 * what comes next (making the first container); PodSandboxStatus and StartContainer wait for it.
 */
export function runPodSandbox(
  context: RuntimeContext,
  request: cri.RunPodSandboxRequest,
  call: CallContext,
): Promise<cri.RunPodSandboxResponse> {
  const subject = subjectOf(request.config?.metadata);
  return measured(context, { component: "cri", name: "RunPodSandbox", call, subject }, async () => {
    const config = request.config ?? {};
    refuseUnsupported(context, config);
    const id = newId(context.random);
    const sandbox: Sandbox = {
      record: {
        id,
        config,
        runtimeHandler: request.runtimeHandler ?? "",
        createdAt: nanoseconds(context.clock),
        state: "making",
      },
      network: Promise.resolve(),
    };
    try {
      makeFiles(context, sandbox);
      await makeNamespaces(context, sandbox);
      if (sharesProcesses(config)) await startInit(context, sandbox);
    } catch (error) {
      await abandon(context, sandbox);
      throw error;
    }
    context.sandboxes.set(id, sandbox);
    connect(context, sandbox, call);
    return { podSandboxId: id };
  });
}

/** What cannot be taken away at once stays known: it goes with its pod. */
async function abandon(context: RuntimeContext, sandbox: Sandbox): Promise<void> {
  const { record } = sandbox;
  await endInit(context, sandbox);
  try {
    await removeSandboxFiles(context, record.id);
  } catch (error) {
    context.log.warn("a half-made sandbox goes with its pod", { sandbox: record.id, error });
    record.state = "stopped";
    context.sandboxes.set(record.id, sandbox);
  }
}

function refuseUnsupported({ podCidr }: RuntimeContext, config: cri.PodSandboxConfig): void {
  const namespaces = config.linux?.securityContext?.namespaceOptions;
  if (namespaces?.usernsOptions?.mode === "POD") {
    throw new CriError("InvalidArgument", "user namespaces for pods are not supported by this runtime");
  }
  if (!usesNodeNetwork(config) && podCidr === undefined) {
    throw new CriError("Unavailable", "the node has no range of pod addresses yet");
  }
}

function makeFiles(context: RuntimeContext, sandbox: Sandbox): void {
  const { id, config } = sandbox.record;
  const path = (name: string) => context.paths.sandbox(id, name);
  mkdirSync(path(""), { mode: 0o755 });
  saveSandbox(context, sandbox);
  for (const name of ["net", "ipc", "uts"]) writeFileSync(path(name), "");
  mkdirSync(path("shm"));
  writeFileSync(path("hostname"), `${hostnameOf(context, config)}\n`);
  if (config.dnsConfig) writeFileSync(path("resolv.conf"), resolvConf(config.dnsConfig));
}

async function makeNamespaces(context: RuntimeContext, { record }: Sandbox): Promise<void> {
  const { id, config } = record;
  const file = (name: string) => context.paths.sandbox(id, name);
  const own = {
    ...(usesNodeNetwork(config) ? {} : { net: file("net"), uts: file("uts") }),
    ...(usesNodeIpc(config) ? {} : { ipc: file("ipc") }),
  };
  if (Object.keys(own).length === 0) return;
  const sysctls = Object.entries(config.linux?.sysctls ?? {}).map(
    ([name, value]) => [sysctlPath(name, config), value] as const,
  );
  const shm = usesNodeIpc(config) ? "" : file("shm");
  await runOrThrow(context, namespacesCommand({ pins: own, hostname: hostnameOf(context, config), shm, sysctls }));
}

/** Plugs the network in; a sandbox that gets none is torn down again, and whoever waits for it learns why. */
function connect(context: RuntimeContext, sandbox: Sandbox, call: CallContext): void {
  const { record } = sandbox;
  const subject = subjectOf(record.config.metadata);
  sandbox.network = (async () => {
    try {
      if (!usesNodeNetwork(record.config)) {
        const head = { component: "cni", name: "CNI ADD", call, subject } as const;
        record.ips = await measured(context, head, () => cniAdd(context, record.id));
      }
      if (record.state === "making") record.state = "ready";
      saveSandbox(context, sandbox);
    } catch (error) {
      record.state = "stopped";
      context.log.warn("a pod got no network", { sandbox: record.id, error });
      // The first error is the one that matters; whoever stops the sandbox tries again.
      await tearDown(context, sandbox).catch(() => undefined);
      throw error;
    }
  })();
  sandbox.network.catch(() => undefined); // who needs it awaits it
}
