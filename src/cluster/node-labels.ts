import type { HttpClient } from "#base/http-client.ts";
import type { NodeConfig } from "./config.ts";
import { UserError } from "./error.ts";
import { isReservedLabel } from "./programs.ts";

/** Sets the labels that a kubelet may not give to its own node: its role, and others of Kubernetes' domains. */
export async function labelNodes(http: HttpClient, nodes: readonly NodeConfig[]): Promise<void> {
  await Promise.all(
    nodes.map(async node => {
      const role: Record<string, string> =
        node.role === "control-plane" ? { "node-role.kubernetes.io/control-plane": "" } : {};
      const labels = {
        ...role,
        ...Object.fromEntries(Object.entries(node.labels).filter(([key]) => isReservedLabel(key))),
      };
      if (Object.keys(labels).length > 0) await patchLabels(http, node.name, labels);
    }),
  );
}

async function patchLabels(http: HttpClient, node: string, labels: Record<string, string>): Promise<void> {
  const response = await http.request({
    method: "PATCH",
    target: `/api/v1/nodes/${node}?fieldManager=k8ts`,
    headers: { "content-type": "application/merge-patch+json" },
    body: new TextEncoder().encode(JSON.stringify({ metadata: { labels } })),
    timeoutMs: 10_000,
  });
  const answer = await response.readAll();
  if (response.status !== 200)
    throw new UserError(`node ${node} could not be labelled: ${new TextDecoder().decode(answer).slice(0, 300)}`);
}
