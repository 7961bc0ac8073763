import type * as cri from "#cri/protocol/messages.ts";
import { isCriNotFound, type RuntimeService } from "#cri/services.ts";
import { label } from "./names.ts";
import { type RuntimePod, runtimePodOf } from "./runtime-pod.ts";

type OwnedStatus = cri.ContainerStatus & { readonly podSandboxId?: string | undefined };

/** Reads one pod from the runtime: its sandboxes, then their statuses and those of their containers. */
export async function readRuntimePod(runtime: RuntimeService, uid: string): Promise<RuntimePod> {
  const filter = { labelSelector: { [label.podUid]: uid } };
  const { items = [] } = await runtime.listPodSandbox({ filter }, {});
  const answers = present(await Promise.all(items.map(item => sandboxStatus(runtime, item))));
  const sandboxes = present(answers.map(({ status }) => status));
  // A runtime that says when it looked has looked at the containers too; no container outlives its sandbox.
  const isComplete = answers.every(({ timestamp }) => timestamp);
  const containers = isComplete ? answers.flatMap(ownedBy) : await readContainers(runtime, filter);
  return runtimePodOf(uid, sandboxes, containers);
}

function ownedBy({ status, containersStatuses = [] }: cri.PodSandboxStatusResponse): OwnedStatus[] {
  return containersStatuses.map(each => ({ ...each, podSandboxId: status?.id }));
}

async function readContainers(runtime: RuntimeService, filter: cri.ContainerFilter): Promise<OwnedStatus[]> {
  const { containers = [] } = await runtime.listContainers({ filter }, {});
  return present(await Promise.all(containers.map(item => containerStatus(runtime, item))));
}

/** Uids of all pods that the runtime holds something of. */
export async function runtimePodUids(runtime: RuntimeService): Promise<ReadonlySet<string>> {
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox({}, {}), runtime.listContainers({}, {})]);
  const labels = [...(sandboxes.items ?? []), ...(containers.containers ?? [])].map(
    item => item.labels?.[label.podUid],
  );
  return new Set(labels.filter(uid => uid !== undefined));
}

/** The state of everything, as a short text per pod: what the relist compares. */
export async function runtimeFingerprints(runtime: RuntimeService): Promise<ReadonlyMap<string, string>> {
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox({}, {}), runtime.listContainers({}, {})]);
  const prints = new Map<string, string>();
  for (const item of [...(sandboxes.items ?? []), ...(containers.containers ?? [])]) {
    const uid = item.labels?.[label.podUid];
    if (uid !== undefined) prints.set(uid, `${prints.get(uid) ?? ""} ${item.id}=${item.state}`);
  }
  return prints;
}

async function sandboxStatus(
  runtime: RuntimeService,
  { id }: cri.PodSandbox,
): Promise<cri.PodSandboxStatusResponse | undefined> {
  try {
    return await runtime.podSandboxStatus({ podSandboxId: id }, {});
  } catch (error) {
    if (isCriNotFound(error)) return undefined;
    throw error;
  }
}

async function containerStatus(runtime: RuntimeService, listed: cri.Container): Promise<OwnedStatus | undefined> {
  try {
    const { status } = await runtime.containerStatus({ containerId: listed.id }, {});
    return status && { ...status, podSandboxId: listed.podSandboxId };
  } catch (error) {
    if (isCriNotFound(error)) return undefined;
    throw error;
  }
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter(value => value !== undefined);
}
