import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { Cause } from "#base/cause.ts";

/** Who asks, as authentication found out. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What is asked, as authorization sees it: upstream's RequestInfo and authorizer attributes in one. */
export interface Attributes {
  readonly user: User;
  readonly isResourceRequest: boolean;
  /** get, list, watch, create, update, patch, delete, deletecollection, proxy, or a non-resource's lower-case HTTP method. */
  readonly verb: string;
  readonly path: string;
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

export type Decision =
  | { readonly type: "allow"; readonly reason: string }
  | { readonly type: "deny"; readonly reason: string }
  | { readonly type: "noOpinion"; readonly reason: string };

/** Synchronous: authorization reads in-memory indexes only. */
export interface Authorizer {
  authorize(attributes: Attributes): Decision;
}

/** One write on its way in, as admission plugins see it. */
export interface AdmissionRequest {
  readonly attributes: Attributes;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly resource: ResourceDefinition;
  /** Mutable for mutating plugins on create and update; absent on delete. For subresources with a kind of their own (binding, eviction): that kind. */
  readonly object?: KubernetesObject;
  readonly old?: KubernetesObject;
  readonly dryRun: boolean;
  readonly cause: Cause;
}

/**
 * One file per plugin in `admission/`, order in `admission/plugins.ts`. `admit` may change the object, `validate` may
 * only refuse; both refuse by throwing an ApiError (mostly `forbidden`).
 */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  admit?(request: AdmissionRequest): void | Promise<void>;
  validate?(request: AdmissionRequest): void | Promise<void>;
}
