import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import { clusterRoleBindings } from "#api/rbac.authorization.k8s.io/v1/cluster-role-binding.ts";
import { roles } from "#api/rbac.authorization.k8s.io/v1/role.ts";
import { roleBindings } from "#api/rbac.authorization.k8s.io/v1/role-binding.ts";
import type { PolicyRule, RoleRef, Subject } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import type { KubernetesObject } from "#api/resource.ts";
import type { User } from "../attributes.ts";
import { serviceAccountUserName } from "../authn/service-account-tokens.ts";
import type { WatchCache } from "../watch-cache/watch-cache.ts";
import type { Caches } from "./caches.ts";

/** A binding as seen from one of its subjects. */
export interface Grant {
  /** Empty: a ClusterRoleBinding, good everywhere. */
  readonly namespace: string;
  readonly binding: string;
  readonly roleRef: RoleRef;
  readonly subject: Subject;
}

export interface GrantedRules {
  readonly grant: Grant;
  /** Undefined: the role does not exist. */
  readonly rules: readonly PolicyRule[] | undefined;
}

/** By name of user or group, then by binding. */
type Grants = Map<string, Map<string, Grant>>;
type Filed = { readonly all: Grants; readonly subjectName: string };
/** `rules`: undefined when the role does not exist. */
type Fits = (grant: Grant, rules: readonly PolicyRule[] | undefined) => boolean;

interface Binding extends KubernetesObject {
  readonly subjects?: readonly Subject[] | undefined;
  readonly roleRef: RoleRef;
}

/**
 * Who was granted which role, by subject, kept up to date by the watch caches: an access decision looks at the asker's
 * own bindings only. Roles are read from their caches when asked.
 */
export class RbacIndex implements Disposable {
  readonly #caches: Caches;
  readonly #byUser: Grants = new Map();
  readonly #byGroup: Grants = new Map();
  /** Where each binding is filed, by its key. */
  readonly #filed = new Map<string, readonly Filed[]>();
  readonly #watches: Disposable[];

  constructor(caches: Caches) {
    this.#caches = caches;
    this.#watches = [
      this.#follow(caches.of<Binding>(clusterRoleBindings)),
      this.#follow(caches.of<Binding>(roleBindings)),
    ];
  }

  /** Cluster-wide grants and those of `namespace`, with their rules. */
  rulesFor(user: User, namespace: string): readonly GrantedRules[] {
    const found: GrantedRules[] = [];
    this.find(user, namespace, (grant, rules) => {
      found.push({ grant, rules });
      return false;
    });
    return found;
  }

  /** The first grant, cluster-wide or of `namespace`, that `fits` takes. */
  find(user: User, namespace: string, fits: Fits): Grant | undefined {
    const own = this.#findIn(this.#byUser.get(user.name), namespace, fits);
    if (own !== undefined) return own;
    for (const group of user.groups) {
      const found = this.#findIn(this.#byGroup.get(group), namespace, fits);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const found =
      roleRef.kind === "ClusterRole"
        ? this.#caches.of(clusterRoles).get("", roleRef.name)
        : this.#caches.of(roles).get(namespace, roleRef.name);
    return found && (found.object.rules ?? []);
  }

  #findIn(grants: ReadonlyMap<string, Grant> | undefined, namespace: string, fits: Fits): Grant | undefined {
    if (grants === undefined) return undefined;
    for (const grant of grants.values()) {
      if (grant.namespace !== "" && grant.namespace !== namespace) continue;
      if (fits(grant, this.rulesOf(grant.roleRef, grant.namespace))) return grant;
    }
    return undefined;
  }

  #follow(cache: WatchCache<Binding>): Disposable {
    const prefix = cache.definition.plural;
    for (const version of cache.list({ text: "" })) this.#set(prefix, version.object);
    return cache.watch({ text: "" }, undefined, {
      onEvents: events => {
        for (const { type, version } of events) {
          if (type === "DELETED") this.#remove(bindingKey(prefix, version.object));
          else this.#set(prefix, version.object);
        }
      },
      onEnd: () => undefined, // Only at the end of the process: this watcher does its work at once and is never slow.
    });
  }

  #set(prefix: string, binding: Binding): void {
    const key = bindingKey(prefix, binding);
    this.#remove(key);
    const { name = "", namespace = "" } = binding.metadata;
    const filed = (binding.subjects ?? []).map(subject => {
      const all = subject.kind === "Group" ? this.#byGroup : this.#byUser;
      const subjectName = nameOf(subject, namespace);
      const grants = all.get(subjectName) ?? new Map<string, Grant>();
      all.set(subjectName, grants.set(key, { namespace, binding: name, roleRef: binding.roleRef, subject }));
      return { all, subjectName };
    });
    this.#filed.set(key, filed);
  }

  #remove(key: string): void {
    for (const { all, subjectName } of this.#filed.get(key) ?? []) {
      const grants = all.get(subjectName);
      grants?.delete(key);
      if (grants?.size === 0) all.delete(subjectName);
    }
    this.#filed.delete(key);
  }
}

function bindingKey(prefix: string, binding: Binding): string {
  return `${prefix}/${binding.metadata.namespace ?? ""}/${binding.metadata.name ?? ""}`;
}

/** As users and groups are named in requests. */
function nameOf(subject: Subject, bindingNamespace: string): string {
  if (subject.kind !== "ServiceAccount") return subject.name;
  return serviceAccountUserName(subject.namespace || bindingNamespace, subject.name);
}
