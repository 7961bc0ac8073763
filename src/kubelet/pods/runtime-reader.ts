import type * as cri from "#cri/protocol/messages.ts";
import { isCriNotFound, type RuntimeService } from "#cri/services.ts";
import { label } from "./names.ts";
import { type RuntimePod, runtimePodOf } from "./runtime-pod.ts";

/** Reads one pod from the runtime: two lists side by side, then the statuses of what they named. */
export async function readRuntimePod(runtime: RuntimeService, uid: string): Promise<RuntimePod> {
  const filter = { labelSelector: { [label.podUid]: uid } };
  const [sandboxes, containers] = await Promise.all([
    runtime.listPodSandbox({ filter }, {}),
    runtime.listContainers({ filter }, {}),
  ]);
  const [sandboxStatuses, containerStatuses] = await Promise.all([
    Promise.all((sandboxes.items ?? []).map(item => sandboxStatus(runtime, item))),
    Promise.all((containers.containers ?? []).map(item => containerStatus(runtime, item))),
  ]);
  return runtimePodOf(uid, present(sandboxStatuses), present(containerStatuses));
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
): Promise<cri.PodSandboxStatus | undefined> {
  try {
    return (await runtime.podSandboxStatus({ podSandboxId: id }, {})).status;
  } catch (error) {
    if (isCriNotFound(error)) return undefined;
    throw error;
  }
}

async function containerStatus(
  runtime: RuntimeService,
  listed: cri.Container,
): Promise<cri.ContainerStatus | undefined> {
  try {
    const { status } = await runtime.containerStatus({ containerId: listed.id }, {});
    return status && ({ ...status, podSandboxId: listed.podSandboxId } as cri.ContainerStatus);
  } catch (error) {
    if (isCriNotFound(error)) return undefined;
    throw error;
  }
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter(value => value !== undefined);
}
