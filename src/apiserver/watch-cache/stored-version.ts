import { deepFreeze } from "#api/codec/freeze.ts";
import type { Codec } from "#api/codec.ts";
import type { KubernetesObject, Mutable } from "#api/resource.ts";
import type { Cause } from "#base/cause.ts";
import type { KeyValue } from "#store/kv.ts";
import { replaceResourceVersion, spliceResourceVersion } from "./splice.ts";
import type { Version } from "./watch-cache.ts";

/** A version whose object (unless its writer gave it) and protobuf are made when somebody first asks, and kept. */
export class StoredVersion<T extends KubernetesObject> implements Version<T> {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly json: Uint8Array;
  readonly cause: Cause | undefined;
  readonly #codec: Codec<T>;
  #object: T | undefined;
  #protobuf: Uint8Array | undefined;

  constructor(codec: Codec<T>, place: Place, revision: number, json: Uint8Array, cause: Cause | undefined, object?: T) {
    this.#codec = codec;
    this.key = place.key;
    this.namespace = place.namespace;
    this.name = place.name;
    this.revision = revision;
    this.json = json;
    this.cause = cause;
    this.#object = object;
  }

  get object(): T {
    this.#object ??= deepFreeze(this.#codec.decodeJson(this.json).object);
    return this.#object;
  }

  get protobuf(): Uint8Array {
    this.#protobuf ??= this.#codec.encodeProtobuf(this.object);
    return this.#protobuf;
  }

  /** The last body of this object as an event at `revision` shows it: deleted, or gone from a selection. */
  at(revision: number, cause: Cause | undefined): StoredVersion<T> {
    return new StoredVersion(this.#codec, this, revision, replaceResourceVersion(this.json, revision), cause);
  }
}

export interface Place {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
}

/** `/registry/pods/default/web`, less its prefix, as namespace and name. */
export function placeOf(key: string, prefix: string, isNamespaced: boolean): Place {
  const rest = key.slice(prefix.length);
  const slash = isNamespaced ? rest.indexOf("/") : -1;
  return slash < 0
    ? { key, namespace: "", name: rest }
    : { key, namespace: rest.slice(0, slash), name: rest.slice(slash + 1) };
}

/** `object`: what the stored bytes were made of; it is given its resource version and frozen. */
export function versionOf<T extends KubernetesObject>(
  codec: Codec<T>,
  place: Place,
  stored: KeyValue,
  cause: Cause | undefined,
  object?: Mutable<T>,
): StoredVersion<T> {
  const { modRevision, value } = stored;
  const frozen = object && frozenAt(object, modRevision);
  return new StoredVersion(codec, place, modRevision, spliceResourceVersion(value, modRevision), cause, frozen);
}

function frozenAt<T extends KubernetesObject>(object: Mutable<T>, revision: number): T {
  (object as Mutable<KubernetesObject>).metadata.resourceVersion = String(revision);
  return deepFreeze(object) as T;
}
