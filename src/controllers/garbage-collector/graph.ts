import type { OwnerReference } from "#api/meta/v1/object-meta.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";

export const foregroundFinalizer = "foregroundDeletion";
export const orphanFinalizer = "orphan";

/** One object of the cluster as the garbage collector knows it. */
export interface GraphNode {
  readonly uid: string;
  resource: ResourceDefinition | undefined;
  namespace: string | undefined;
  name: string;
  owners: readonly OwnerReference[];
  /** Objects that name this one as an owner. */
  dependents: ReadonlySet<GraphNode>;
  /** Known only from references of others; it may or may not exist. */
  virtual: boolean;
  isDeleting: boolean;
  /** Waits, in the API, for the dependents that block its deletion. */
  isDeletingDependents: boolean;
  /** Waits for its dependents to be let go. */
  isOrphaning: boolean;
}

/** What most objects have; sets of their own are made for the others. */
const none: ReadonlySet<GraphNode> = new Set();
const nothing: readonly string[] = [];

/**
 * Who owns whom, by uid, kept up from the events of all resources. A pure structure: every change answers the uids
 * that are worth a look now.
 */
export class OwnershipGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #resourceOf: (reference: OwnerReference) => ResourceDefinition | undefined;

  constructor(resourceOf: (reference: OwnerReference) => ResourceDefinition | undefined) {
    this.#resourceOf = resourceOf;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** The object is there, in this state. */
  observe(resource: ResourceDefinition, object: KubernetesObject): readonly string[] {
    const {
      uid = "",
      namespace,
      name = "",
      ownerReferences = [],
      finalizers = [],
      deletionTimestamp,
    } = object.metadata;
    const known = this.#nodes.get(uid);
    const node = known ?? this.#add(uid, name, namespace, false);
    const before = node.owners;
    node.resource = resource;
    node.namespace = namespace;
    node.name = name;
    node.virtual = false;
    node.isDeleting = !!deletionTimestamp;
    node.isDeletingDependents = node.isDeleting && finalizers.includes(foregroundFinalizer);
    node.isOrphaning = node.isDeleting && finalizers.includes(orphanFinalizer);
    node.owners = ownerReferences;
    const isAlone = before.length === 0 && ownerReferences.length === 0;
    return isAlone && !node.isDeleting ? nothing : this.#relink(node, before);
  }

  /** The object is gone; what it owned may be garbage, and what waits for it may go on. */
  remove(uid: string): readonly string[] {
    const node = this.#nodes.get(uid);
    if (node === undefined) return [];
    const owners = this.#unlink(node, node.owners);
    this.#nodes.delete(uid);
    const dependents = [...node.dependents].map(dependent => dependent.uid);
    // Dependents keep a place to hang on to, so that each of them is found again.
    if (node.dependents.size > 0) {
      const place = this.#add(uid, node.name, node.namespace, true);
      place.resource = node.resource;
      place.dependents = node.dependents;
    }
    return [...dependents, ...owners];
  }

  /** Owners that wait for their dependents and lost or saw one change; the node itself when it may be garbage. */
  #relink(node: GraphNode, before: readonly OwnerReference[]): readonly string[] {
    const keep = new Set(node.owners.map(owner => owner.uid));
    const look = new Set(
      this.#unlink(
        node,
        before.filter(owner => !keep.has(owner.uid)),
      ),
    );
    for (const reference of node.owners) {
      const owner = this.#nodes.get(reference.uid) ?? this.#addVirtual(reference, node.namespace);
      addDependent(owner, node);
      if (owner.virtual) look.add(node.uid);
      if (owner.isDeletingDependents) look.add(owner.uid).add(node.uid);
    }
    if (node.isDeletingDependents || node.isOrphaning) look.add(node.uid);
    if (node.isDeletingDependents) for (const dependent of node.dependents) look.add(dependent.uid);
    return [...look];
  }

  /** Takes the node off these owners; answers those of them that wait for it. */
  #unlink(node: GraphNode, references: readonly OwnerReference[]): string[] {
    const waiting: string[] = [];
    for (const { uid } of references) {
      const owner = this.#nodes.get(uid);
      if (owner === undefined) continue;
      removeDependent(owner, node);
      if (owner.isDeletingDependents || owner.isOrphaning) waiting.push(uid);
      if (owner.virtual && owner.dependents.size === 0) this.#nodes.delete(uid);
    }
    return waiting;
  }

  #addVirtual(reference: OwnerReference, dependentNamespace: string | undefined): GraphNode {
    const resource = this.#resourceOf(reference);
    const namespace = resource?.scope === "Cluster" ? undefined : dependentNamespace;
    const node = this.#add(reference.uid, reference.name, namespace, true);
    node.resource = resource;
    return node;
  }

  #add(uid: string, name: string, namespace: string | undefined, virtual: boolean): GraphNode {
    const node: GraphNode = {
      uid,
      name,
      namespace,
      virtual,
      resource: undefined,
      owners: [],
      dependents: none,
      isDeleting: false,
      isDeletingDependents: false,
      isOrphaning: false,
    };
    this.#nodes.set(uid, node);
    return node;
  }
}

function addDependent(owner: GraphNode, node: GraphNode): void {
  if (owner.dependents === none) owner.dependents = new Set([node]);
  else (owner.dependents as Set<GraphNode>).add(node);
}

function removeDependent(owner: GraphNode, node: GraphNode): void {
  if (owner.dependents !== none) (owner.dependents as Set<GraphNode>).delete(node);
}

/** Dependents that an owner's foreground deletion waits for. */
export function blockingDependents(owner: GraphNode): readonly GraphNode[] {
  return [...owner.dependents].filter(dependent =>
    dependent.owners.some(reference => reference.uid === owner.uid && reference.blockOwnerDeletion === true),
  );
}
