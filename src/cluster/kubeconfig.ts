import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { KubeconfigError, mergeKubeconfig, removeFromKubeconfig } from "#client/kubeconfig.ts";
import { serverUrl } from "./api-access.ts";
import { credentialNames, readCredentials } from "./credentials.ts";
import { UserError } from "./error.ts";
import { lockMachine } from "./lock.ts";
import { type ClusterPaths, clusterPaths } from "./paths.ts";
import type { ClusterRecord } from "./plan.ts";
import { writePrivateFile } from "./processes.ts";

/** The context's, cluster's and user's name: `k8ts`, or `k8ts-NAME`. */
export function contextName(cluster: string): string {
  return cluster === "k8ts" ? "k8ts" : `k8ts-${cluster}`;
}

/** Where kubectl writes: the first file of KUBECONFIG, or ~/.kube/config. */
export function userKubeconfigPath(): string {
  const first = (process.env["KUBECONFIG"] ?? "").split(":").find(path => path !== "");
  return first ?? join(homedir(), ".kube", "config");
}

/** The cluster's own kubeconfig, as `k8ts kubeconfig` prints it. */
export function readAdminKubeconfig(name: string): Promise<string> {
  return readFile(clusterPaths(name).adminKubeconfig, "utf8");
}

/** Writes the cluster's own kubeconfig and merges it into the user's, selecting its context. */
export async function writeClusterKubeconfig(record: ClusterRecord, paths: ClusterPaths): Promise<void> {
  const { ca, certificate, key } = await readCredentials(paths, credentialNames.admin);
  const entry = {
    name: contextName(record.config.name),
    server: serverUrl(record.plan),
    certificateAuthority: ca,
    clientCertificate: certificate,
    clientKey: key,
  };
  await writePrivateFile(paths.adminKubeconfig, mergeKubeconfig("", entry));
  await changeUserKubeconfig(text => mergeKubeconfig(text, entry));
}

/** Takes the cluster's entries out of the user's kubeconfig; a file that was only ours goes with them. */
export async function removeClusterKubeconfig(name: string): Promise<void> {
  await changeUserKubeconfig(text => removeFromKubeconfig(text, contextName(name)));
}

/** One command after another, whatever their clusters: none undoes what another wrote. */
async function changeUserKubeconfig(change: (text: string) => string): Promise<void> {
  await using _lock = await lockMachine();
  const path = userKubeconfigPath();
  const aside = `${path}.k8ts-new`;
  await rm(aside, { force: true }); // Left by a command that was killed.
  const before = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new UserError(`cannot read ${path}: ${error.message}`);
  });
  let after: string;
  try {
    after = change(before);
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    throw new UserError(`${path} is no kubeconfig (${error.message}): mend or move it, or set KUBECONFIG`);
  }
  if (isEmpty(after)) return rm(path, { force: true });
  if (after === before) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(aside, after, { mode: 0o600 });
  await rename(aside, path);
}

function isEmpty(text: string): boolean {
  return ["clusters", "users", "contexts"].every(section => text.split("\n").includes(`${section}: []`));
}
