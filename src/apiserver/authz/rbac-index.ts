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
  readonly #bySubject = new Map<string, Map<string, Grant>>();
  readonly #keysOfBinding = new Map<string, readonly string[]>();
  readonly #watches: Disposable[];

  constructor(caches: Caches) {
    this.#caches = caches;
    this.#watches = [
      this.#follow(caches.of<Binding>(clusterRoleBindings)),
      this.#follow(caches.of<Binding>(roleBindings)),
    ];
  }

  /** Cluster-wide grants and those of `namespace`, with their rules, as long as the caller takes them. */
  *rulesFor(user: User, namespace: string): Iterable<GrantedRules> {
    yield* this.#grantsOf(userKey(user.name), namespace);
    for (const group of user.groups) yield* this.#grantsOf(groupKey(group), namespace);
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

  *#grantsOf(subject: string, namespace: string): Iterable<GrantedRules> {
    for (const grant of this.#bySubject.get(subject)?.values() ?? []) {
      if (grant.namespace !== "" && grant.namespace !== namespace) continue;
      yield { grant, rules: this.rulesOf(grant.roleRef, grant.namespace) };
    }
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
    const subjects = binding.subjects ?? [];
    for (const subject of subjects) {
      const subjectGrants = subjectKey(subject, namespace);
      const grants = this.#bySubject.get(subjectGrants) ?? new Map<string, Grant>();
      grants.set(key, { namespace, binding: name, roleRef: binding.roleRef, subject });
      this.#bySubject.set(subjectGrants, grants);
    }
    this.#keysOfBinding.set(
      key,
      subjects.map(subject => subjectKey(subject, namespace)),
    );
  }

  #remove(key: string): void {
    for (const subject of this.#keysOfBinding.get(key) ?? []) {
      const grants = this.#bySubject.get(subject);
      grants?.delete(key);
      if (grants?.size === 0) this.#bySubject.delete(subject);
    }
    this.#keysOfBinding.delete(key);
  }
}

function bindingKey(prefix: string, binding: Binding): string {
  return `${prefix}/${binding.metadata.namespace ?? ""}/${binding.metadata.name ?? ""}`;
}

const userKey = (name: string): string => `user ${name}`;
const groupKey = (name: string): string => `group ${name}`;

function subjectKey(subject: Subject, bindingNamespace: string): string {
  if (subject.kind === "Group") return groupKey(subject.name);
  if (subject.kind === "User") return userKey(subject.name);
  return userKey(serviceAccountUserName(subject.namespace || bindingNamespace, subject.name));
}
