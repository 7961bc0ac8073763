import { type Pod, pods } from "#api/core/v1/pod.ts";
import type { Caches } from "./caches.ts";
import { podReferences } from "./pod-references.ts";

const mirrorAnnotation = "kubernetes.io/config.mirror";

/**
 * What each node may read because a pod that was bound to it refers to it. Counts, since several pods of a node may
 * refer to the same object.
 */
export class NodeGraph implements Disposable {
  readonly #byNode = new Map<string, Map<string, number>>();
  readonly #ofPod = new Map<string, { readonly node: string; readonly keys: readonly string[] }>();
  readonly #watch: Disposable;

  constructor(caches: Caches) {
    const cache = caches.of(pods);
    for (const version of cache.list({ text: "" })) this.#set(version.key, version.object);
    this.#watch = cache.watch({ text: "" }, undefined, {
      onEvents: events => {
        for (const { type, version } of events) {
          if (type === "DELETED") this.#remove(version.key);
          else this.#set(version.key, version.object);
        }
      },
      onEnd: () => undefined, // Only at the end of the process: this watcher does its work at once and is never slow.
    });
  }

  /** `resource` is a plural of the core group: secrets, configmaps, serviceaccounts, persistentvolumeclaims or pods. */
  reaches(node: string, resource: string, namespace: string, name: string): boolean {
    return this.#byNode.get(node)?.has(`${resource}/${namespace}/${name}`) ?? false;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #set(key: string, pod: Pod): void {
    const node = pod.spec.nodeName ?? "";
    // A bound pod's references never change, but for ephemeral containers.
    if (this.#ofPod.has(key) && !pod.spec.ephemeralContainers?.length) return;
    this.#remove(key);
    if (node === "") return;
    const keys = graphKeys(pod);
    this.#ofPod.set(key, { node, keys });
    const counts = this.#byNode.get(node) ?? new Map<string, number>();
    for (const reference of keys) counts.set(reference, (counts.get(reference) ?? 0) + 1);
    this.#byNode.set(node, counts);
  }

  #remove(key: string): void {
    const known = this.#ofPod.get(key);
    if (known === undefined) return;
    this.#ofPod.delete(key);
    const counts = this.#byNode.get(known.node)!;
    for (const reference of known.keys) {
      const count = counts.get(reference)! - 1;
      if (count === 0) counts.delete(reference);
      else counts.set(reference, count);
    }
    if (counts.size === 0) this.#byNode.delete(known.node);
  }
}

function graphKeys(pod: Pod): readonly string[] {
  const { namespace = "", name = "", annotations } = pod.metadata;
  const own = `pods/${namespace}/${name}`;
  // A node may make mirror pods of any content: they must not open anything to it.
  if (annotations?.[mirrorAnnotation] !== undefined) return [own];
  const references = [...podReferences(pod)].map(reference => reference.replace("/", `/${namespace}/`));
  return [own, ...references];
}
