import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type * as cri from "../protocol/messages.ts";

/** A sandbox as its file `sandbox.json` keeps it. Times are nanoseconds since the epoch, as in CRI. */
export interface SandboxRecord {
  readonly id: string;
  readonly config: cri.PodSandboxConfig;
  readonly runtimeHandler: string;
  readonly createdAt: number;
  /** `making`: RunPodSandbox has not ended; such a sandbox does not outlive the process that made it. */
  state: "making" | "ready" | "stopped";
  /** Absent while the network is not there yet, and for pods in the node's own network. */
  ips?: readonly string[];
  /** First process of the pid namespace that the pod's containers share; absent when each has its own. */
  initPid?: number;
  initStartTime?: string | undefined;
}

/** A container as its file `container.json` keeps it. */
export interface ContainerRecord {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: cri.ContainerConfig;
  readonly imageId: string;
  readonly imageRef: string;
  readonly logPath: string;
  readonly cgroupsPath: string;
  readonly stopSignal: string;
  readonly user: cri.LinuxContainerUser;
  readonly createdAt: number;
  /** `making`: CreateContainer has not ended; see {@link SandboxRecord.state}. */
  state: "making" | "created" | "running" | "exited";
  resources: cri.LinuxContainerResources;
  pid?: number;
  /** Start time of `pid` in clock ticks: tells it from a later process with the same number. */
  pidStartTime?: string;
  conmonPid?: number;
  startedAt?: number;
  finishedAt?: number;
  exitCode?: number;
  reason?: string;
  message?: string;
}

/** What keeps a record, and its write under way. */
export interface RecordHolder {
  readonly record: object;
  saving?: Promise<void>;
}

/** Saves the record as it is when its turn comes: a start and an exit may come at once, and the newest must stay. */
export function saveInTurn(path: string, holder: RecordHolder): Promise<void> {
  const write = () => saveRecord(path, holder.record);
  // The one before tells its own caller when it fails.
  const saving = holder.saving === undefined ? write() : holder.saving.then(write, write);
  holder.saving = saving;
  return saving;
}

/** Writes a record so that a reader sees the old or the new one, whole. One at a time for a path. */
export async function saveRecord(path: string, record: object): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, JSON.stringify(record));
  await rename(temporary, path);
}

/** The records `<folder>/<id>/<file>`; an id whose record was never written is in `broken`. */
export async function readRecords<T>(folder: string, file: string): Promise<{ records: T[]; broken: string[] }> {
  const records: T[] = [];
  const broken: string[] = [];
  for (const id of await readdir(folder)) {
    try {
      records.push(JSON.parse(await readFile(join(folder, id, file), "utf8")) as T);
    } catch {
      broken.push(id);
    }
  }
  return { records, broken };
}
