import { renameSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
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
  /** Its network and its namespaces have been given back; a stop that failed half way is to be ended by the next one. */
  isTornDown?: true;
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
  /** Why it could not be started. */
  startError?: string;
  finishedAt?: number;
  exitCode?: number;
  reason?: string;
  message?: string;
}

/**
 * Writes a record so that a reader sees the old or the new one, whole. At once, as is done with all small files of the state
 * folder: on tmpfs a call takes less than handing it to another thread. So of a start and an exit that come together
 * the later one stays.
 */
export function saveRecord(path: string, record: object): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(record));
  renameSync(temporary, path);
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
