import type { Node } from "#api/core/v1/node.ts";
import { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";

/**
 * Nodes and the pods on them, as the API says plus what the scheduler has decided and not seen confirmed yet. The next
 * cycle counts an assumed pod like a bound one, so that no room is given out twice.
 *
 * Invariant: a pod is on at most one node.
 */
export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #nodeOfPod = new Map<string, string>();
  readonly #assumed = new Set<string>();
  #list: readonly NodeInfo[] | undefined;
  #imageCounts: Map<string, number> | undefined;

  /** Nodes that exist. */
  get nodes(): readonly NodeInfo[] {
    this.#list ??= [...this.#nodes.values()].filter(each => each.node !== undefined);
    return this.#list;
  }

  nodesWithImage(name: string): number {
    if (this.#imageCounts === undefined) {
      this.#imageCounts = new Map();
      for (const { images } of this.nodes) {
        for (const image of images.keys()) this.#imageCounts.set(image, (this.#imageCounts.get(image) ?? 0) + 1);
      }
    }
    return this.#imageCounts.get(name) ?? 0;
  }

  setNode(node: Node): void {
    this.#infoOf(node.metadata.name ?? "").setNode(node);
    this.#forgetDerived();
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    info?.setNode(undefined);
    if (info?.pods.size === 0) this.#nodes.delete(name);
    this.#forgetDerived();
  }

  /** What the API says: it confirms, or corrects, what was assumed. */
  setPod(info: PodInfo, node: string): void {
    this.#assumed.delete(info.uid);
    this.#place(info, node);
  }

  removePod(uid: string): void {
    this.#assumed.delete(uid);
    const name = this.#nodeOfPod.get(uid);
    if (name === undefined) return;
    this.#nodeOfPod.delete(uid);
    const info = this.#nodes.get(name);
    info?.remove(uid);
    if (info?.node === undefined && info?.pods.size === 0) this.#nodes.delete(name);
  }

  assume(info: PodInfo, node: string): void {
    this.#place(info, node);
    this.#assumed.add(info.uid);
  }

  /** The binding came to nothing. False when the API has the pod on a node all the same. */
  forget(uid: string): boolean {
    if (!this.#assumed.has(uid)) return false;
    this.removePod(uid);
    return true;
  }

  #place(info: PodInfo, node: string): void {
    const before = this.#nodeOfPod.get(info.uid);
    if (before !== undefined && before !== node) this.#nodes.get(before)?.remove(info.uid);
    this.#nodeOfPod.set(info.uid, node);
    this.#infoOf(node).add(info);
  }

  #infoOf(name: string): NodeInfo {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const made = new NodeInfo(name);
    this.#nodes.set(name, made);
    return made;
  }

  #forgetDerived(): void {
    this.#list = undefined;
    this.#imageCounts = undefined;
  }
}
