import type { OwnerReference } from "#api/meta/v1/object-meta.ts";
import { apiVersionOf, hasVerb, type KubernetesObject, type ResourceDefinition } from "#api/resource.ts";
import { isNotFound } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf } from "#client/client.ts";
import { type Controller, defineController, done, type ReconcileContext, type Watch } from "#client/controller.ts";
import { unlessGone } from "../shared/writes.ts";
import { decide, type OwnerState } from "./classify.ts";
import { blockingDependents, foregroundFinalizer, type GraphNode, OwnershipGraph, orphanFinalizer } from "./graph.ts";

export interface GarbageCollectorOptions {
  readonly resources: readonly ResourceDefinition[];
}

/** Events come and go by themselves, and none has an owner. */
const unowned = new Set(["events"]);

/** **Makes true:** an object whose owners are all gone is gone, too, in the way its deletion asked for. */
export function garbageCollector(options: GarbageCollectorOptions): Controller {
  const collected = options.resources.filter(
    resource => !unowned.has(resource.plural) && ["delete", "list", "watch"].every(verb => hasVerb(resource, verb)),
  );
  const byKind = new Map(collected.map(resource => [`${apiVersionOf(resource)}/${resource.kind}`, resource]));
  const resourceOf: ResourceOf = reference => byKind.get(`${reference.apiVersion}/${reference.kind}`);
  const graph = new OwnershipGraph(resourceOf);
  return defineController({
    name: "generic-garbage-collector",
    makesTrue: "An object whose owners are all gone is gone, too, in the way its deletion asked for.",
    watches: collected.map(resource => watchOwnership(resource, graph)),
    access: { get: collected, list: collected, watch: collected, patch: collected, delete: collected },
    workers: 20,

    async reconcile(uid, context) {
      const node = graph.get(uid);
      if (node === undefined || node.resource === undefined || node.virtual) return done;
      const collector = new Collector(context, node, node.resource, resourceOf);
      if (node.isOrphaning) await collector.orphanDependents();
      else if (node.isDeletingDependents) await collector.finishForeground();
      else if (!node.isDeleting) await collector.collect();
      return done;
    },
  });
}

/** Events change the graph at once; the keys are the uids that are worth a look then. */
function watchOwnership(resource: ResourceDefinition, graph: OwnershipGraph): Watch {
  return {
    resource,
    keys(object, old, cache) {
      const uid = object.metadata.uid ?? "";
      const present = cache.get(resource, keyOf(object))?.metadata.uid === uid;
      if (!present) return graph.remove(uid);
      if (old !== undefined && !concernsOwnership(object, old)) return [];
      return graph.observe(resource, object);
    },
  };
}

function concernsOwnership({ metadata: a }: KubernetesObject, { metadata: b }: KubernetesObject): boolean {
  return (
    a.deletionTimestamp !== b.deletionTimestamp ||
    !jsonEqual(a.finalizers, b.finalizers) ||
    !jsonEqual(a.ownerReferences, b.ownerReferences)
  );
}

type ResourceOf = (reference: OwnerReference) => ResourceDefinition | undefined;

/** One look at one object. Whatever is destroyed was read live before, by uid. */
class Collector {
  readonly #context: ReconcileContext;
  readonly #node: GraphNode;
  readonly #resource: ResourceDefinition;
  readonly #resourceOf: ResourceOf;

  constructor(context: ReconcileContext, node: GraphNode, resource: ResourceDefinition, resourceOf: ResourceOf) {
    this.#context = context;
    this.#node = node;
    this.#resource = resource;
    this.#resourceOf = resourceOf;
  }

  async collect(): Promise<void> {
    const live = await this.#live(this.#node);
    if (live === undefined || live.metadata.deletionTimestamp) return;
    const references = live.metadata.ownerReferences ?? [];
    const owners = await Promise.all(references.map(reference => this.#ownerState(reference)));
    const decision = decide(this.#node, live, owners);
    switch (decision.type) {
      case "keep":
        return;
      case "release":
        return this.#release(this.#node, this.#resource, decision.uids);
      case "unblock":
        await this.#patchReferences(
          live,
          references.map(reference => ({ ...reference, blockOwnerDeletion: false })),
        );
        return this.#delete(live, "Foreground");
      case "delete":
        return this.#delete(live, decision.policy);
    }
  }

  /** Foreground: the object goes when no dependent blocks it any more. */
  async finishForeground(): Promise<void> {
    if (blockingDependents(this.#node).length > 0) return;
    await this.#dropFinalizer(foregroundFinalizer);
  }

  /** Orphan: dependents lose their reference, then the object may go. */
  async orphanDependents(): Promise<void> {
    const dependents = [...this.#node.dependents].filter(dependent => dependent.resource !== undefined);
    await Promise.all(dependents.map(dependent => this.#release(dependent, dependent.resource!, [this.#node.uid])));
    await this.#dropFinalizer(orphanFinalizer);
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  /** The object as it is in the store; undefined when it is gone, or another one has its name. */
  async #live(node: Pick<GraphNode, "resource" | "namespace" | "name" | "uid">): Promise<KubernetesObject | undefined> {
    if (node.resource === undefined) return undefined;
    try {
      const live = await this.#context.client.get(node.resource, { namespace: node.namespace, name: node.name });
      return live.metadata.uid === node.uid ? live : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * A kind that nobody here knows is taken to be there, and so is a namespaced owner of an object without a namespace:
   * better litter than a loss.
   */
  async #ownerState(reference: OwnerReference): Promise<OwnerState> {
    const resource = this.#resourceOf(reference);
    const namespace = resource?.scope === "Cluster" ? undefined : this.#node.namespace;
    const unknown = resource === undefined || (resource.scope === "Namespaced" && !namespace);
    if (unknown) return { reference, owner: { metadata: { name: reference.name, uid: reference.uid } } };
    return { reference, owner: await this.#live({ resource, namespace, name: reference.name, uid: reference.uid }) };
  }

  // ---- writing -----------------------------------------------------------------------------------------------------

  async #delete(live: KubernetesObject, propagationPolicy: "Foreground" | "Background" | "Orphan"): Promise<void> {
    const { namespace, name, uid, resourceVersion } = live.metadata;
    const preconditions = { uid, resourceVersion };
    await unlessGone(
      this.#context.client.delete(
        this.#resource,
        { namespace, name: name ?? "" },
        { propagationPolicy, preconditions },
      ),
    );
  }

  async #release(node: GraphNode, resource: ResourceDefinition, uids: readonly string[]): Promise<void> {
    const live = await this.#live({ ...node, resource });
    const references = live?.metadata.ownerReferences ?? [];
    const kept = references.filter(reference => !uids.includes(reference.uid));
    if (live === undefined || kept.length === references.length) return;
    await this.#patchReferences(live, kept, resource);
  }

  /** The version guards references that others add meanwhile. */
  async #patchReferences(
    live: KubernetesObject,
    references: readonly OwnerReference[],
    resource: ResourceDefinition = this.#resource,
  ): Promise<void> {
    const { namespace, name = "", uid, resourceVersion } = live.metadata;
    const ownerReferences = references.length > 0 ? references : null;
    const body = { metadata: { uid, resourceVersion, ownerReferences } };
    await unlessGone(this.#context.client.patch(resource, { namespace, name }, { type: "merge", body }));
  }

  async #dropFinalizer(finalizer: string): Promise<void> {
    const live = await this.#live(this.#node);
    const finalizers = live?.metadata.finalizers ?? [];
    if (live === undefined || !finalizers.includes(finalizer)) return;
    const { namespace, name = "", uid, resourceVersion } = live.metadata;
    const kept = finalizers.filter(other => other !== finalizer);
    const body = { metadata: { uid, resourceVersion, finalizers: kept.length > 0 ? kept : null } };
    await unlessGone(this.#context.client.patch(this.#resource, { namespace, name }, { type: "merge", body }));
  }
}
