import type { DeleteOptions } from "#api/meta/v1/options.ts";
import type { Status } from "#api/meta/v1/status.ts";
import type { KubernetesObject, ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import type { Cause } from "#base/cause.ts";

/**
 * Typed access to a Kubernetes API server: one client, several transports (HTTPS, direct call in the same process).
 * Objects that come back are deeply frozen. Failures are {@link ApiError}s (`api/status.ts`): ask with isNotFound,
 * isConflict, isAlreadyExists, ...
 */
export interface Client {
  get<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: ObjectKey, options?: GetOptions): Promise<T>;
  list<T extends KubernetesObject>(resource: ResourceDefinition<T>, options?: ListOptions): Promise<ObjectList<T>>;
  create<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T, options?: WriteOptions): Promise<T>;
  /** PUT; `options.subresource: "status"` for status. metadata.resourceVersion, when set, must match. */
  update<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T>;
  delete<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    key: ObjectKey,
    options?: Partial<DeleteOptions>,
  ): Promise<void>;
  deleteCollection<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: ListOptions,
    deleteOptions?: Partial<DeleteOptions>,
  ): Promise<void>;
  watch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;
  /** POST to a subresource: `binding`, `eviction`, `token`. Answers the body as the server sent it. */
  createSubresource<B, R = unknown>(
    resource: ResourceDefinition,
    key: ObjectKey,
    subresource: string,
    type: TypeDefinition<B>,
    body: B,
    options?: WriteOptions,
  ): Promise<R>;
  /** POST of a kind that is never stored: TokenReview, SubjectAccessReview, ... */
  review<T>(type: TypeDefinition<T>, plural: string, body: T, namespace?: string): Promise<T>;
  /** The same client; every write it makes carries this cause. */
  because(cause: Cause | undefined): Client;
}

export interface ObjectKey {
  /** Empty or absent for cluster-scoped resources. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `namespace/name`, or `name`: how queues and caches name an object. */
export function keyOf(object: {
  readonly metadata: { readonly namespace?: string | undefined; readonly name?: string | undefined };
}): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : (name ?? "");
}

/** The store's revision that made this version of the object; 0 when it does not say. */
export function revisionOf(object: { readonly metadata: { readonly resourceVersion?: string | undefined } }): number {
  return Number(object.metadata.resourceVersion) || 0;
}

export function parseKey(key: string): ObjectKey {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export interface GetOptions {
  readonly resourceVersion?: string;
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly limit?: number;
  readonly continue?: string;
  readonly signal?: AbortSignal;
}

export interface ObjectList<T> {
  readonly resourceVersion: string;
  readonly continue?: string | undefined;
  readonly items: readonly T[];
}

export interface WriteOptions {
  readonly subresource?: string;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly signal?: AbortSignal;
}

export interface Patch {
  readonly type: "json" | "merge" | "strategic" | "apply";
  readonly body: unknown;
  /** Apply only. */
  readonly force?: boolean;
}

export interface WatchOptions extends ListOptions {
  /** WatchList: send the present state first, then a bookmark annotated `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
}

export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T; readonly cause?: Cause }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string; readonly initialEventsEnd: boolean };

/** What a server hands to a watch that takes values: an event, or why there will be none any more. */
export type WatchValue<T> = WatchEvent<T> | { readonly type: "ERROR"; readonly status: Status };
