import { type ConfigMap, configMaps } from "#api/core/v1/config-map.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { type Secret, secrets } from "#api/core/v1/secret.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { isNotFound } from "#api/status.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { Reflector } from "#client/reflector.ts";
import { references } from "./references.ts";

/** Reads the config maps and secrets that pods of this node refer to. Absence is undefined. */
export interface ReferencedObjects {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

export interface WatchedObjectsDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

interface Entry {
  readonly pods: Set<string>;
  readonly stop: AbortController;
  /** The first answer of the API server; later ones come through the watch. */
  readonly first: Promise<void>;
  object: KubernetesObject | undefined;
}

/**
 * Keeps each object that a pod here refers to for as long as one does: read once, then watched by name, as the node's
 * right to read it goes by name too.
 */
export class WatchedObjects implements ReferencedObjects {
  readonly #deps: WatchedObjectsDeps;
  readonly #changed: (podUid: string) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #keysByPod = new Map<string, ReadonlySet<string>>();

  constructor(deps: WatchedObjectsDeps, options: { changed: (podUid: string) => void }) {
    this.#deps = deps;
    this.#changed = options.changed;
  }

  /** Begins to hold what the pod refers to; called again when the pod has changed. */
  retain(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    const namespace = pod.metadata.namespace ?? "";
    const wanted = references(pod);
    const keys = new Set([
      ...wanted.configMaps.map(name => this.#enter(configMaps, namespace, name, uid)),
      ...wanted.secrets.map(name => this.#enter(secrets, namespace, name, uid)),
    ]);
    for (const key of this.#keysByPod.get(uid) ?? []) if (!keys.has(key)) this.#leave(key, uid);
    this.#keysByPod.set(uid, keys);
  }

  release(podUid: string): void {
    for (const key of this.#keysByPod.get(podUid) ?? []) this.#leave(key, podUid);
    this.#keysByPod.delete(podUid);
  }

  stop(): void {
    for (const uid of [...this.#keysByPod.keys()]) this.release(uid);
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#read(configMaps, namespace, name);
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#read(secrets, namespace, name);
  }

  async #read<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    namespace: string,
    name: string,
  ): Promise<T | undefined> {
    const entry = this.#entries.get(keyFor(resource, namespace, name));
    if (entry === undefined) return this.#fetch(resource, namespace, name);
    await entry.first;
    return entry.object as T | undefined;
  }

  #enter<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    namespace: string,
    name: string,
    uid: string,
  ): string {
    const key = keyFor(resource, namespace, name);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.pods.add(uid);
      return key;
    }
    const stop = new AbortController();
    const ready = Promise.withResolvers<void>();
    const entry: Entry = { pods: new Set([uid]), stop, first: ready.promise, object: undefined };
    this.#entries.set(key, entry);
    const update = (object: KubernetesObject | undefined) => {
      const same = entry.object?.metadata.resourceVersion === object?.metadata.resourceVersion;
      entry.object = object;
      if (!same) for (const pod of entry.pods) this.#changed(pod);
    };
    this.#watch(resource, namespace, name, update, () => ready.resolve(), stop.signal);
    return key;
  }

  #watch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    namespace: string,
    name: string,
    update: (object: KubernetesObject | undefined) => void,
    synced: () => void,
    signal: AbortSignal,
  ): void {
    const reflector = new Reflector<T>(
      this.#deps,
      { resource, namespace, fieldSelector: `metadata.name=${name}` },
      {
        replace: items => {
          update(items[0]);
          synced();
        },
        upsert: update,
        delete: () => update(undefined),
        progress() {},
      },
    );
    const running = reflector.run(signal);
    running.catch((error: unknown) =>
      this.#deps.log.error("a watched object is lost", { resource: resource.plural, name, error }),
    );
    running.finally(synced).catch(() => {});
  }

  async #fetch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    namespace: string,
    name: string,
  ): Promise<T | undefined> {
    try {
      return await this.#deps.client.get(resource, { namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #leave(key: string, uid: string): void {
    const entry = this.#entries.get(key);
    entry?.pods.delete(uid);
    if (entry?.pods.size !== 0) return;
    entry.stop.abort();
    this.#entries.delete(key);
  }
}

function keyFor(resource: { readonly plural: string }, namespace: string, name: string): string {
  return `${resource.plural}/${namespace}/${name}`;
}
