import { mkdir, readdir, readFile } from "node:fs/promises";
import { UserError } from "./error.ts";
import { clusterPaths, stateRoot } from "./paths.ts";
import type { ClusterRecord } from "./plan.ts";
import { writePrivateFile } from "./processes.ts";

const format = 1;

/** The cluster as `up` decided it; undefined when there is none of this name. */
export async function readRecord(name: string): Promise<ClusterRecord | undefined> {
  const text = await readFile(clusterPaths(name).record, "utf8").catch(nothingThere);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as ClusterRecord;
  if (record.format > format)
    throw new UserError(`cluster "${name}" was made by a newer k8ts (format ${record.format}): use that one`);
  return record;
}

export async function requireRecord(name: string): Promise<ClusterRecord> {
  const record = await readRecord(name);
  if (record !== undefined) return record;
  const others = await clusterNames();
  const known = others.length > 0 ? `known: ${others.join(", ")}` : "make one with k8ts up";
  throw new UserError(`there is no cluster "${name}": ${known}`);
}

export async function writeRecord(record: ClusterRecord): Promise<void> {
  const paths = clusterPaths(record.config.name);
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await writePrivateFile(paths.record, `${JSON.stringify(record, undefined, 2)}\n`);
}

export async function clusterNames(): Promise<readonly string[]> {
  const entries = (await readdir(stateRoot, { withFileTypes: true }).catch(nothingThere)) ?? [];
  const folders = entries.filter(entry => entry.isDirectory()).map(entry => entry.name);
  const found = await Promise.all(
    folders.map(async name => ((await readRecord(name).catch(() => undefined)) ? name : undefined)),
  );
  return found.filter(name => name !== undefined).sort();
}

/** Who may not look does not know that there is none. */
export function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code === "EACCES") throw new UserError("clusters are shown to root only: run it with sudo");
}
