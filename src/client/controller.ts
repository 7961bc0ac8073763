import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Recorder } from "#journey/span.ts";
import type { Client } from "./client.ts";
import type { EventRecorder } from "./events.ts";

/**
 * A controller is a value. From `access` follow its watches and its ClusterRole (`system:controller:<name>`); the
 * runtime owns informers, queue, workers, retries, events and causes.
 */
export interface Controller {
  readonly name: string;
  /** One sentence: the invariant that this controller makes true. */
  readonly makesTrue: string;
  /** The service account (in kube-system) it acts as, when that is not its name. */
  readonly account?: string;
  /** Objects whose keys are reconciled. Absent: keys come from `watches` alone. */
  readonly reconciles?: ResourceDefinition;
  /** Objects whose controlling ownerReference names the key to reconcile. */
  readonly owns: readonly ResourceDefinition[];
  /** Other objects whose changes call for reconciles of the keys given. */
  readonly watches: readonly Watch[];
  readonly access: Access;
  readonly workers: number;
  reconcile(key: string, context: ReconcileContext): Promise<ReconcileResult>;
}

/** Fills in what most controllers leave out. */
export function defineController(
  input: Pick<Controller, "name" | "makesTrue" | "access" | "reconcile"> & Partial<Controller>,
): Controller {
  return { owns: [], watches: [], workers: 5, ...input };
}

export interface Watch {
  readonly resource: ResourceDefinition;
  /** Keys (of `reconciles`) that a change of this object concerns; `old` is the version before it, if any. */
  keys(object: KubernetesObject, old: KubernetesObject | undefined, cache: Cache): readonly string[];
}

export type Access = Readonly<Partial<Record<AccessVerb, readonly (ResourceDefinition | SubresourceAccess)[]>>>;
export type AccessVerb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
export interface SubresourceAccess {
  readonly resource: ResourceDefinition;
  readonly subresource: string;
}

export interface ReconcileContext {
  /** Reads from the informers of what `access.watch` names. May lag. */
  readonly cache: Cache;
  /** Its writes carry the union of the causes that led to this reconcile. */
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
}

export interface Cache {
  get<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: string): T | undefined;
  list<T extends KubernetesObject>(resource: ResourceDefinition<T>, namespace?: string): readonly T[];
  /** Objects with a controlling ownerReference to this uid. */
  ownedBy<T extends KubernetesObject>(resource: ResourceDefinition<T>, uid: string): readonly T[];
  /** Objects of the namespace without a controlling ownerReference. */
  orphans<T extends KubernetesObject>(resource: ResourceDefinition<T>, namespace: string): readonly T[];
}

export type ReconcileResult = { readonly type: "done" } | { readonly type: "requeue"; readonly afterMs: number };
export const done: ReconcileResult = { type: "done" };
export const requeueAfter = (afterMs: number): ReconcileResult => ({ type: "requeue", afterMs });
