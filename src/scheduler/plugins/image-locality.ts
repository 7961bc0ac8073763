import { definePlugin, maxScore, type Snapshot } from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";

const mebibyte = 1024 * 1024;
const leastBytes = 23 * mebibyte;
const mostBytesPerContainer = 1000 * mebibyte;

/** Prefers nodes that have the images, less so for images that few nodes have: those would draw all pods to them. */
export const imageLocality = definePlugin<undefined, Snapshot>({
  name: "ImageLocality",
  preScore: (_, snapshot) => snapshot,
  score(snapshot, { pod }, node) {
    const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
    const total = containers.reduce((sum, { image }) => sum + spreadBytes(image ?? "", node, snapshot), 0);
    const most = mostBytesPerContainer * containers.length;
    const bytes = Math.min(most, Math.max(leastBytes, total));
    return Math.floor((maxScore * (bytes - leastBytes)) / (most - leastBytes));
  },
});

function spreadBytes(image: string, node: NodeInfo, snapshot: Snapshot): number {
  const name = normalizedImageName(image);
  const bytes = node.images.get(name);
  if (bytes === undefined) return 0;
  return Math.floor(bytes * (snapshot.nodesWithImage(name) / snapshot.nodes.length));
}

/** With the tag that a name without one means. */
export function normalizedImageName(image: string): string {
  return image.lastIndexOf(":") <= image.lastIndexOf("/") ? `${image}:latest` : image;
}
