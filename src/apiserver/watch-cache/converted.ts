import { deepFreeze } from "#api/codec/freeze.ts";
import type { Codec } from "#api/codec.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { assert } from "#base/assert.ts";
import type { CacheEvent, Selection, Version, WatchCache, Watcher } from "./watch-cache.ts";

const encoder = new TextEncoder();

/** Another version of a kind, seen through the cache of the version that is stored. Conversions are made once a version. */
export function convertedCache<T extends KubernetesObject>(
  hub: WatchCache,
  definition: ResourceDefinition<T>,
  codec: Codec<T>,
): WatchCache<T> {
  const { convert } = definition;
  assert(convert !== undefined, `${definition.plural} has no conversion`);
  const made = new WeakMap<Version, Version<T>>();
  const convertVersion = (version: Version): Version<T> => {
    let found = made.get(version);
    if (found === undefined) {
      found = lazyVersion(version, codec, () => deepFreeze(fromHub(version.object)));
      made.set(version, found);
    }
    return found;
  };
  const fromHub = (object: KubernetesObject) => convert.fromHub(object) as T;
  const inHub = (selection: Selection<T>) => hubSelection(selection, definition, fromHub);
  // Watchers of one group are handed the same array, converted once.
  const arrays = new WeakMap<readonly CacheEvent[], readonly CacheEvent<T>[]>();
  const convertEvents = (events: readonly CacheEvent[]): readonly CacheEvent<T>[] => {
    let found = arrays.get(events);
    if (found === undefined) {
      found = events.map(event => ({ type: event.type, version: convertVersion(event.version) }));
      arrays.set(events, found);
    }
    return found;
  };
  return {
    definition,
    get revision() {
      return hub.revision;
    },
    waitFor: (revision, timeoutMs) => hub.waitFor(revision, timeoutMs),
    get: (namespace, name) => {
      const version = hub.get(namespace, name);
      return version && convertVersion(version);
    },
    // What is written is stored in another version than the writer's: there is nothing to share.
    offer: () => undefined,
    withdraw: () => undefined,
    list: selection => hub.list(inHub(selection)).map(convertVersion),
    watch: (selection, fromRevision, watcher: Watcher<T>) =>
      hub.watch(inHub(selection), fromRevision, {
        onEvents: (events, revision) => watcher.onEvents(convertEvents(events), revision),
        onEnd: reason => watcher.onEnd(reason),
      }),
  };
}

/** The same objects, chosen by what the stored version of each becomes. */
function hubSelection<T extends KubernetesObject>(
  { matches, index, ...rest }: Selection<T>,
  definition: ResourceDefinition<T>,
  fromHub: (object: KubernetesObject) => T,
): Selection<KubernetesObject> {
  const value = index && definition.selectableFields[index.field];
  const isIn = (object: T) => (index === undefined || value?.(object) === index.value) && (matches?.(object) ?? true);
  const isAll = matches === undefined && index === undefined;
  return {
    ...rest,
    ...(!isAll && { matches: object => isIn(fromHub(object)) }),
    text: `${definition.group}:${JSON.stringify(index ?? "")}${rest.text}`,
  };
}

function lazyVersion<T extends KubernetesObject>(version: Version, codec: Codec<T>, make: () => T): Version<T> {
  let object: T | undefined;
  let json: Uint8Array | undefined;
  let protobuf: Uint8Array | undefined;
  const { key, namespace, name, revision, cause } = version;
  const get = (): T => {
    object ??= make();
    return object;
  };
  return {
    key,
    namespace,
    name,
    revision,
    cause,
    get object() {
      return get();
    },
    get json() {
      json ??= encoder.encode(codec.encodeJson(get()));
      return json;
    },
    get protobuf() {
      protobuf ??= codec.encodeProtobuf(get());
      return protobuf;
    },
  };
}
