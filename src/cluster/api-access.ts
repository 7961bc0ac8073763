import type { HttpClient } from "#base/http-client.ts";
import { silentLog } from "#base/log.ts";
import { credentialNames, readCredentials } from "./credentials.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterPlan } from "./plan.ts";

export const apiPort = 6443;

export function serverUrl(plan: ClusterPlan): string {
  return `https://${plan.nodes[0]!.address}:${apiPort}`;
}

/** The cluster's API as its administrator sees it. */
export async function connectAsAdmin(plan: ClusterPlan, paths: ClusterPaths): Promise<HttpClient> {
  // Loaded here: `up` starts processes before it asks them anything.
  const { createHttpClient } = await import("#base/host/http-client.ts");
  const { ca, certificate, key } = await readCredentials(paths, credentialNames.admin);
  return createHttpClient({ url: serverUrl(plan), ca, certificate, key, log: silentLog });
}

/** GET, parsed; undefined when the server is not there or answers anything but 200. */
export async function getJson<T>(http: HttpClient, target: string): Promise<T | undefined> {
  try {
    const response = await http.request({ method: "GET", target, timeoutMs: 2_000 });
    const body = await response.readAll();
    return response.status === 200 ? (JSON.parse(new TextDecoder().decode(body)) as T) : undefined;
  } catch {
    return undefined; // Not up yet, or down: whoever asks decides what that means.
  }
}

/** True when GET answers 200. */
export async function answersOk(http: HttpClient, target: string): Promise<boolean> {
  try {
    const response = await http.request({ method: "GET", target, timeoutMs: 2_000 });
    await response.readAll();
    return response.status === 200;
  } catch {
    return false;
  }
}
