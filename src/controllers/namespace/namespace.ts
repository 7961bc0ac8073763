import { type Namespace, namespaces } from "#api/core/v1/namespace.ts";
import { pods } from "#api/core/v1/pod.ts";
import type { ResourceDefinition } from "#api/resource.ts";
import { isMethodNotSupported, isNotFound } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import type { Client } from "#client/client.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";
import { deletionConditions, type Remains } from "./conditions.ts";

/** Holds a namespace until its content is gone; stands in spec.finalizers, not in the metadata. */
const finalizer = "kubernetes";
/** What remains is looked at again: objects with finalizers of others end without telling us. */
const lookAgainMs = 1000;

/** **Makes true:** a namespace that is deleted loses its content, pods first, and then itself. */
export function namespaceController(options: { readonly resources: readonly ResourceDefinition[] }): Controller {
  const content = options.resources.filter(
    resource => resource.scope === "Namespaced" && resource.verbs.includes("delete") && resource.verbs.includes("list"),
  );
  const rest = content.filter(resource => resource.plural !== "pods" && resource.group !== "events.k8s.io");
  return defineController({
    name: "namespace-controller",
    makesTrue: "A namespace that is deleted loses its content, pods first, and then itself.",
    reconciles: namespaces,
    watches: [
      {
        resource: pods,
        // Only the end of a pod lets a namespace that ends go on.
        keys: (pod, _, cache) => {
          const namespace = pod.metadata.namespace ?? "";
          const ends = cache.get(namespaces, namespace)?.metadata.deletionTimestamp;
          return ends && cache.get(pods, keyOf(pod)) === undefined ? [namespace] : [];
        },
      },
    ],
    access: {
      get: [namespaces, ...content],
      list: [namespaces, ...content],
      watch: [namespaces, pods],
      delete: [namespaces, ...content],
      deletecollection: content,
      update: [
        { resource: namespaces, subresource: "finalize" },
        { resource: namespaces, subresource: "status" },
      ],
    },
    workers: 10,

    async reconcile(name, context) {
      const namespace = context.cache.get(namespaces, name);
      if (namespace === undefined || !namespace.metadata.deletionTimestamp) return done;
      if (!namespace.spec?.finalizers?.includes(finalizer)) return done;
      let remains = await empty(context.client, name, [pods]);
      if (remains.counts.size === 0 && remains.errors.length === 0) remains = await empty(context.client, name, rest);
      const noted = await writeConditions(namespace, remains, context);
      if (remains.errors.length > 0) throw new Error(remains.errors.join("; "));
      if (remains.counts.size > 0) return requeueAfter(lookAgainMs);
      if (noted !== undefined) await finalize(context.client, noted);
      return done;
    },
  });
}

/** Deletes all objects of these kinds and says what is left of them. */
async function empty(client: Client, namespace: string, kinds: readonly ResourceDefinition[]): Promise<Remains> {
  const counts = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const errors: string[] = [];
  const results = await Promise.allSettled(kinds.map(kind => emptyKind(client, namespace, kind)));
  for (const [at, result] of results.entries()) {
    const kind = `${kinds[at]!.plural}.${kinds[at]!.group}`;
    if (result.status === "rejected") {
      errors.push(`${kind}: ${(result.reason as Error).message}`);
      continue;
    }
    if (result.value.length > 0) counts.set(kind, result.value.length);
    for (const object of result.value) {
      for (const name of object.metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
    }
  }
  return { counts, finalizers, errors };
}

async function emptyKind(client: Client, namespace: string, kind: ResourceDefinition) {
  const before = await client.list(kind, { namespace });
  if (before.items.length === 0) return [];
  try {
    await client.deleteCollection(kind, { namespace }, { propagationPolicy: "Background" });
  } catch (error) {
    if (!isMethodNotSupported(error)) throw error;
    for (const object of before.items) await deleteOne(client, kind, keyOf(object));
  }
  return (await client.list(kind, { namespace })).items;
}

async function deleteOne(client: Client, kind: ResourceDefinition, key: string): Promise<void> {
  try {
    await client.delete(kind, parseKey(key), { propagationPolicy: "Background" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The namespace as it is afterwards; undefined when it is gone. */
async function writeConditions(
  namespace: Namespace,
  remains: Remains,
  { client, clock }: ReconcileContext,
): Promise<Namespace | undefined> {
  const before = namespace.status?.conditions ?? [];
  const conditions = deletionConditions(before, remains, clock.now());
  if (jsonEqual(before, conditions)) return namespace;
  const status = { ...namespace.status, phase: "Terminating" as const, conditions };
  try {
    return await client.update(namespaces, { ...namespace, status }, { subresource: "status" });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function finalize(client: Client, namespace: Namespace): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter(name => name !== finalizer);
  try {
    const finalized = { ...namespace, spec: { ...namespace.spec, finalizers } };
    await client.update(namespaces, finalized, { subresource: "finalize" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
