import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { revisionCause } from "#base/cause.ts";
import { type Client, keyOf, type WatchEvent, type WatchOptions } from "#client/client.ts";

type AnyEvent = WatchEvent<KubernetesObject>;

/** The watching half of a client, over objects that a test sets by hand. Everything else throws. */
export class ObjectClient {
  readonly #objects = new Map<unknown, Map<string, KubernetesObject>>();
  readonly #watchers = new Set<{ readonly resource: unknown; push(event: AnyEvent): void }>();
  #revision = 1;

  get client(): Client {
    const watch = (resource: ResourceDefinition, options: WatchOptions) => this.#watch(resource, options);
    return { watch } as unknown as Client;
  }

  set<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T): this {
    const objects = this.#of(resource);
    const type = objects.has(keyOf(object)) ? "MODIFIED" : "ADDED";
    const made = this.#revised(object);
    objects.set(keyOf(object), made);
    this.#tell(resource, { type, object: made, cause: revisionCause("0".repeat(32), this.#revision) });
    return this;
  }

  delete<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T): void {
    this.#of(resource).delete(keyOf(object));
    const cause = revisionCause("0".repeat(32), this.#revision + 1);
    this.#tell(resource, { type: "DELETED", object: this.#revised(object), cause });
  }

  async *#watch(resource: unknown, { signal }: WatchOptions): AsyncGenerator<AnyEvent> {
    const queue: AnyEvent[] = [...this.#of(resource).values()].map(object => ({ type: "ADDED", object }));
    queue.push({ type: "BOOKMARK", resourceVersion: `${this.#revision}`, initialEventsEnd: true });
    let wake = Promise.withResolvers<void>();
    const watcher = {
      resource,
      push(event: AnyEvent) {
        queue.push(event);
        wake.resolve();
      },
    };
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => wake.resolve(), { once: true });
    try {
      while (!signal.aborted) {
        yield* queue.splice(0);
        if (signal.aborted) break;
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  #of(resource: unknown): Map<string, KubernetesObject> {
    const objects = this.#objects.get(resource) ?? new Map<string, KubernetesObject>();
    this.#objects.set(resource, objects);
    return objects;
  }

  #revised<T extends KubernetesObject>(object: T): T {
    return { ...object, metadata: { ...object.metadata, resourceVersion: `${++this.#revision}` } };
  }

  #tell(resource: unknown, event: AnyEvent): void {
    for (const watcher of this.#watchers) if (watcher.resource === resource) watcher.push(event);
  }
}
