import { Buffer } from "node:buffer";
import { codecOf } from "#api/codec/codec.ts";
import { deepFreeze } from "#api/codec/freeze.ts";
import type { Codec } from "#api/codec.ts";
import type { KubernetesObject, Mutable, ResourceDefinition } from "#api/resource.ts";
import { failure, notFound } from "#api/status.ts";
import type { Clock } from "#base/clock.ts";
import { ownBytes } from "#base/own-bytes.ts";
import type { Random } from "#base/random.ts";
import type { Recorder } from "#journey/span.ts";
import { absent, type Kv, KvError, type LeaseId, type Operation, put, type TxnResponse } from "#store/kv.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../attributes.ts";
import type { Exchange } from "../exchange.ts";
import type { FieldManager } from "../managed-fields/contract.ts";
import { isSpliceOf, spliceResourceVersion } from "../watch-cache/splice.ts";
import type { Version, WatchCache } from "../watch-cache/watch-cache.ts";
import type { Leases } from "./leases.ts";
import type { Registry } from "./registry.ts";

const cacheTimeoutMs = 3_000;

export interface ObjectStoreDeps<T extends KubernetesObject> {
  readonly kv: Kv;
  readonly cache: WatchCache<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: Recorder;
  readonly leases: Leases;
  readonly admission: readonly AdmissionPlugin[];
  readonly fieldManager: FieldManager;
  readonly registry: Registry<T> | undefined;
}

/** An object at one revision: what answers are made of. */
export type ObjectVersion<T extends KubernetesObject = KubernetesObject> = Pick<
  Version<T>,
  "namespace" | "name" | "revision" | "json" | "object" | "protobuf"
>;

export interface ObjectRef {
  /** Empty for cluster-scoped resources. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * The objects of one resource: reads from the watch cache, writes to the store. The acts themselves are in
 * `create.ts`, `update.ts` and `delete.ts`; here is what they share.
 */
export class ObjectStore<T extends KubernetesObject = KubernetesObject> {
  readonly definition: ResourceDefinition<T>;
  readonly codec: Codec<T>;
  readonly deps: ObjectStoreDeps<T>;

  constructor(definition: ResourceDefinition<T>, deps: ObjectStoreDeps<T>) {
    this.definition = definition;
    this.codec = codecOf(definition);
    this.deps = deps;
  }

  get cache(): WatchCache<T> {
    return this.deps.cache;
  }

  get registry(): Registry<T> | undefined {
    return this.deps.registry;
  }

  keyOf({ namespace, name }: ObjectRef): string {
    const prefix = `/registry/${this.definition.storagePrefix}`;
    return this.definition.scope === "Namespaced" ? `${prefix}/${namespace}/${name}` : `${prefix}/${name}`;
  }

  /** The object that a path means. A path below a namespace names that namespace twice. */
  refOf({ namespace, name }: ObjectRef): ObjectRef {
    return this.definition.scope === "Namespaced" ? { namespace, name } : { namespace: "", name };
  }

  /** Lets the cache catch up with every write acknowledged so far; returns at once when it has. */
  fresh(): Promise<void> | undefined {
    const current = this.deps.kv.currentRevision();
    return this.cache.revision >= current ? undefined : this.cache.waitFor(current, cacheTimeoutMs);
  }

  /** The newest version; 404 when there is none. */
  async get(ref: ObjectRef): Promise<Version<T>> {
    const waiting = this.fresh();
    if (waiting !== undefined) await waiting;
    return this.present(ref);
  }

  /** As the cache knows it. */
  present(ref: ObjectRef): Version<T> {
    const version = this.cache.get(ref.namespace, ref.name);
    if (version === undefined) throw notFound(this.definition, ref.name);
    return version;
  }

  /** A mutable copy that nobody else holds. */
  thaw(version: ObjectVersion<T>): Mutable<T> {
    return this.codec.decodeJson(version.json).object as Mutable<T>;
  }

  /** Canonical bytes without a resource version, in the stored version's form. */
  encode(object: Mutable<T>): Uint8Array {
    const { convert } = this.definition;
    delete (object as Mutable<KubernetesObject>).metadata.resourceVersion;
    if (convert === undefined) return ownBytes(this.codec.encodeJson(object as T));
    return ownBytes(codecOf(convert.hub).encodeJson(convert.toHub(object as T)));
  }

  /** What clients are sent of an object that is stored as these bytes. */
  served(object: T, stored: Uint8Array, revision: number): Uint8Array {
    if (this.definition.convert === undefined) return spliceResourceVersion(stored, revision);
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    return Buffer.from(this.codec.encodeJson({ ...object, metadata }));
  }

  /** Whether clients would be sent what they are sent of `current`. */
  isServedAs(object: T, stored: Uint8Array, { json, revision }: Pick<Version<T>, "json" | "revision">): boolean {
    if (this.definition.convert === undefined) return isSpliceOf(json, stored, revision);
    return Buffer.compare(this.served(object, stored, revision), json) === 0;
  }

  /** An object of this version out of stored bytes. */
  decodeStored(stored: Uint8Array, revision: number): T {
    const { convert } = this.definition;
    const bytes = spliceResourceVersion(stored, revision);
    if (convert === undefined) return this.codec.decodeJson(bytes).object;
    return convert.fromHub(codecOf(convert.hub).decodeJson(bytes).object);
  }

  /** The version that a write made. `object` is given up to it. */
  versionOf(object: Mutable<T>, stored: Uint8Array, revision: number): ObjectVersion<T> {
    const { namespace = "", name = "" } = (object as Mutable<KubernetesObject>).metadata;
    const cached = this.definition.convert === undefined ? this.cache.get(namespace, name) : undefined;
    // A store that tells the cache before the writer has had it made already.
    return cached?.revision === revision ? cached : this.#version(object, stored, revision);
  }

  #version(object: Mutable<T>, stored: Uint8Array, revision: number): ObjectVersion<T> {
    const { codec } = this;
    const { metadata } = object as Mutable<KubernetesObject>;
    // The cache may have taken the object already, and a newer one after it.
    if (!Object.isFrozen(metadata)) metadata.resourceVersion = String(revision);
    const frozen = deepFreeze(object) as T;
    return {
      namespace: metadata.namespace ?? "",
      name: metadata.name ?? "",
      revision,
      json: this.served(frozen, stored, revision),
      object: frozen,
      get protobuf() {
        return codec.encodeProtobuf(frozen);
      },
    };
  }

  /** What a dry run answers with: the object as it would be, without a resource version. */
  dryVersionOf(object: Mutable<T>, stored: Uint8Array, revision: number | undefined): ObjectVersion<T> {
    if (revision !== undefined) return this.#version(object, stored, revision);
    const json = Buffer.from(this.codec.encodeJson(object as T));
    const version = this.#version(object, stored, 0);
    return { ...version, json, protobuf: version.protobuf };
  }

  /**
   * Writes the object, whose stored form this is, if the key still has that revision (0: if it is absent). Once written,
   * the object is the cache's: nobody changes it any more.
   */
  async commit(
    exchange: Exchange,
    ref: ObjectRef,
    expectedRevision: number,
    object: Mutable<T>,
    stored: Uint8Array,
  ): Promise<TxnResponse> {
    const key = this.keyOf(ref);
    const lease = this.#lease();
    const operation = put(key, stored, { ...(lease && (await lease)), cause: exchange.cause });
    this.cache.offer(key, stored, object);
    try {
      return await this.#txn(key, expectedRevision, operation);
    } finally {
      this.cache.withdraw(key, stored);
    }
  }

  /** Deletes the key if it still has that revision. */
  commitDelete({ cause }: Exchange, ref: ObjectRef, expectedRevision: number): Promise<TxnResponse> {
    const key = this.keyOf(ref);
    return this.#txn(key, expectedRevision, { type: "delete", key, cause });
  }

  #txn(key: string, expectedRevision: number, operation: Operation): Promise<TxnResponse> {
    const compare = expectedRevision === 0 ? absent(key) : { key, modRevision: expectedRevision };
    return this.deps.kv.txn({ compare: [compare], success: [operation] }).catch(error => {
      throw translateKvError(error);
    });
  }

  #lease(): Promise<{ lease: LeaseId }> | undefined {
    const { timeToLiveSeconds } = this.definition;
    return timeToLiveSeconds === undefined ? undefined : this.deps.leases.leaseFor(timeToLiveSeconds);
  }

  /** Leaves the write's span: what it was, who did it, why, and the revision it made. */
  record(exchange: Exchange, object: KubernetesObject, revision: number): void {
    const { info, user, cause, startMs } = exchange;
    const { plural: resource } = this.definition;
    const { namespace, name = "", uid } = object.metadata;
    const target = info.subresource === "" ? resource : `${resource}/${info.subresource}`;
    this.deps.recorder.record({
      component: "apiserver",
      name: `${info.verb} ${target}`,
      startMs,
      durationMs: this.deps.clock.now() - startMs,
      cause,
      revision,
      user: user.name,
      subject: { resource, ...(namespace && { namespace }), name, ...(uid && { uid }) },
      attributes: {
        encoding: exchange.request.headers["content-type"] ?? "none",
        protocol: exchange.request.connection.protocol,
      },
    });
  }

  /** Runs the plugins that change the object. True when any ran. */
  admit(request: AdmissionRequest): boolean | Promise<boolean> {
    return runPlugins(this.deps.admission, "admit", request);
  }

  /** Runs the plugins that may only refuse. */
  admitted(request: AdmissionRequest): boolean | Promise<boolean> {
    return runPlugins(this.deps.admission, "validate", request);
  }
}

/** Whether any ran; known at once unless one of them waits for something. */
function runPlugins(
  plugins: readonly AdmissionPlugin[],
  step: "admit" | "validate",
  request: AdmissionRequest,
  from = 0,
): boolean | Promise<boolean> {
  let ran = false;
  for (let at = from; at < plugins.length; at++) {
    const plugin = plugins[at]!;
    if (plugin[step] === undefined || !plugin.handles(request)) continue;
    const waiting = plugin[step](request);
    ran = true;
    if (waiting !== undefined) return waiting.then(() => runPlugins(plugins, step, request, at + 1)).then(() => true);
  }
  return ran;
}

/** The store's failures in the API's words. */
export function translateKvError(error: unknown): unknown {
  if (!(error instanceof KvError)) return error;
  if (error.code === "tooLarge") return failure(500, "", "etcdserver: request is too large");
  if (error.code === "unavailable") return failure(500, "", error.message);
  return error;
}
