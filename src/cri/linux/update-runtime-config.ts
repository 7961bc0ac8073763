import { readFile } from "node:fs/promises";
import type * as cri from "../protocol/messages.ts";
import { CriError } from "../services.ts";
import type { RuntimeContext } from "./context.ts";
import { saveRecord } from "./records.ts";

interface RuntimeConfigRecord {
  readonly podCidr?: string;
}

/** Takes the node's pod range, and keeps it: after a restart the network is ready before a kubelet says it again. */
export async function updateRuntimeConfig(
  context: RuntimeContext,
  { runtimeConfig }: cri.UpdateRuntimeConfigRequest,
): Promise<cri.UpdateRuntimeConfigResponse> {
  const podCidr = runtimeConfig?.networkConfig?.podCidr;
  if (!podCidr) return {};
  if (!/^[0-9a-fA-F.:/,]+$/.test(podCidr)) throw new CriError("InvalidArgument", `${podCidr} is no address range`);
  context.podCidr = podCidr;
  saveRecord(context.paths.runtimeConfig, { podCidr } satisfies RuntimeConfigRecord);
  return {};
}

export async function readRuntimeConfig(path: string): Promise<RuntimeConfigRecord> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? {} : (JSON.parse(text) as RuntimeConfigRecord);
}
