import type { DeleteOptions } from "#api/meta/v1/options.ts";
import type { KubernetesObject, Mutable, ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Representation } from "../endpoints/negotiate.ts";
import type { Exchange } from "../exchange.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * What a resource does that follows from no definition: it allocates, holds deletions, answers subresources. A dozen
 * resources have one (`registry/<resource>.ts`, listed in `registry/list.ts`); all others have none.
 */
export interface Registry<T extends KubernetesObject = KubernetesObject> {
  readonly definition: ResourceDefinition<T>;
  /** DELETE answers with the object's last state instead of a Status, as upstream does for some kinds. */
  readonly returnsDeletedObject?: boolean;
  /** A creator may say what is (a kubelet that registers its node). */
  readonly keepsStatusOnCreate?: boolean;
  /**
   * Completes an object that is about to be created or changed with what only the server can give it; after the
   * mutating admission, before validation. What it took is given back by the returned function when the write fails.
   */
  prepare?(object: Mutable<T>, old: T | undefined, context: WriteContext): Release | undefined;
  /** Seconds between a delete and the end; undefined: gone at once. */
  gracePeriodSeconds?(object: T, options: DeleteOptions): number | undefined;
  /** True while something other than metadata.finalizers keeps a deleted object. */
  holdsDeletion?(object: T): boolean;
  /** Changes an object that is marked for deletion (a namespace's phase). */
  markDeleted?(object: Mutable<T>): void;
  readonly subresources?: Readonly<Record<string, SubresourceHandler<T>>>;
}

export type Release = () => void;

export interface WriteContext {
  readonly dryRun: boolean;
}

/** One subresource: a function from exchange to response for each verb it has. */
export type SubresourceHandler<T extends KubernetesObject = KubernetesObject> = (
  request: SubresourceRequest<T>,
) => Promise<HttpResponse>;

export interface SubresourceRequest<T extends KubernetesObject> {
  readonly exchange: Exchange;
  readonly store: ObjectStore<T>;
  readonly representation: Representation;
}

/** A create-only kind that is never stored. */
export interface Review<T = unknown> {
  readonly definition: TypeDefinition<T>;
  readonly plural: string;
  evaluate(object: T, exchange: Exchange): Promise<T> | T;
}

/** Drops the type parameter, so that registries of all kinds fit in one list. */
export function registryOf<T extends KubernetesObject>(registry: Registry<T>): Registry {
  return registry as unknown as Registry;
}

export function reviewOf<T>(review: Review<T>): Review {
  return review;
}
