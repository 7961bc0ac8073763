import type { Node } from "#api/core/v1/node.ts";
import { type Amounts, amountsOf, type PodInfo } from "./pod-info.ts";

/**
 * A node with the pods on it (bound, or assumed to be) and their sums, kept up one pod at a time.
 *
 * Invariant: `requested`, `scoredCpu` and `scoredMemory` are the sums over `pods`.
 */
export class NodeInfo {
  readonly name: string;
  /** undefined: pods of this node are known, the node is not (yet, or any more). */
  node: Node | undefined;
  allocatable: Amounts = new Map();
  readonly pods = new Map<string, PodInfo>();
  readonly requested = new Map<string, number>();
  scoredCpu = 0;
  scoredMemory = 0;
  /** Sizes by image name. */
  images: ReadonlyMap<string, number> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node?.metadata.labels ?? {};
  }

  setNode(node: Node | undefined): void {
    this.node = node;
    this.allocatable = amountsOf(node?.status?.allocatable);
    this.images = new Map(
      (node?.status?.images ?? []).flatMap(image => image.names.map(name => [name, image.sizeBytes ?? 0] as const)),
    );
  }

  add(info: PodInfo): void {
    this.remove(info.uid);
    this.pods.set(info.uid, info);
    this.#count(info, 1);
  }

  remove(uid: string): void {
    const info = this.pods.get(uid);
    if (info === undefined) return;
    this.pods.delete(uid);
    this.#count(info, -1);
  }

  /** A copy to try things on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.node = this.node;
    copy.allocatable = this.allocatable;
    copy.images = this.images;
    for (const info of this.pods.values()) copy.add(info);
    return copy;
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    for (const [name, amount] of info.requests) {
      this.requested.set(name, (this.requested.get(name) ?? 0) + sign * amount);
    }
    this.scoredCpu += sign * info.scoredCpu;
    this.scoredMemory += sign * info.scoredMemory;
  }
}
