import type { ContainerPort } from "#api/core/v1/container.ts";
import { definePlugin } from "../framework.ts";

const anyAddress = "0.0.0.0";

/** No two pods of a node may hold the same host port of the same protocol on overlapping addresses. */
export const nodePorts = definePlugin<readonly ContainerPort[]>({
  name: "NodePorts",
  preFilter: ({ hostPorts }) => (hostPorts.length === 0 ? { type: "skip" } : { type: "state", state: hostPorts }),
  filter(wanted, _, node) {
    for (const { hostPorts } of node.pods.values()) {
      if (hostPorts.some(used => wanted.some(port => collide(used, port))))
        return { reasons: ["node(s) didn't have free ports for the requested pod ports"], resolvable: true };
    }
    return undefined;
  },
  wakesOn: ["nodeAdded", "assignedPodDeleted", "podChanged"],
});

function collide(a: ContainerPort, b: ContainerPort): boolean {
  if (a.hostPort !== b.hostPort || (a.protocol || "TCP") !== (b.protocol || "TCP")) return false;
  const [one, other] = [a.hostIP || anyAddress, b.hostIP || anyAddress];
  return one === other || one === anyAddress || other === anyAddress;
}
