import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { type Client, keyOf, type ObjectKey } from "./client.ts";
import type { Informer } from "./informer.ts";

/** What a reconcile wrote, and whether the cache shows it by now. */
export interface Expectation {
  readonly resource: ResourceDefinition;
  isMet(): boolean;
}

export interface WriteRecord {
  /** `created pods default/web-7d4b-x2x9k`. */
  readonly text: string;
  readonly revision: number | undefined;
}

/**
 * Notes the writes of one reconcile: what to tell the journey, and what the cache must show before the same key is
 * reconciled again. A reconcile that reads a cache older than its own last writes would make everything twice.
 */
export class WriteLog {
  readonly writes: WriteRecord[] = [];
  readonly expectations: Expectation[] = [];
  readonly #informerOf: (resource: ResourceDefinition) => Informer | undefined;

  constructor(informerOf: (resource: ResourceDefinition) => Informer | undefined) {
    this.#informerOf = informerOf;
  }

  wrote(verb: string, resource: ResourceDefinition, object: KubernetesObject, subresource?: string): void {
    const revision = Number(object.metadata?.resourceVersion) || undefined;
    this.#note(verb, resource, keyOf(object), revision, subresource);
    const informer = this.#informerOf(resource);
    if (informer === undefined || revision === undefined) return;
    this.expectations.push({ resource, isMet: () => informer.revision >= revision });
  }

  deleted(resource: ResourceDefinition, key: ObjectKey): void {
    const text = keyOf({ metadata: key });
    this.#note("deleted", resource, text, undefined);
    const informer = this.#informerOf(resource);
    const before = informer?.get(text);
    if (informer === undefined || before === undefined || before.metadata.deletionTimestamp) return;
    const isMet = () => {
      const now = informer.get(text);
      return now === undefined || now.metadata.uid !== before.metadata.uid || now.metadata.deletionTimestamp != null;
    };
    this.expectations.push({ resource, isMet });
  }

  other(verb: string, resource: ResourceDefinition, name: string): void {
    this.#note(verb, resource, name, undefined);
  }

  #note(verb: string, resource: ResourceDefinition, name: string, revision: number | undefined, sub?: string): void {
    this.writes.push({ text: `${verb} ${resource.plural}${sub ? `/${sub}` : ""} ${name}`, revision });
  }
}

/** The same client; what it writes is noted in `log`. */
export function loggedClient(client: Client, log: WriteLog): Client {
  return {
    get: (resource, key, options) => client.get(resource, key, options),
    list: (resource, options) => client.list(resource, options),
    watch: (resource, options) => client.watch(resource, options),
    review: (type, plural, body, namespace) => client.review(type, plural, body, namespace),
    because: cause => loggedClient(client.because(cause), log),
    async create(resource, object, options) {
      const created = await client.create(resource, object, options);
      log.wrote("created", resource, created);
      return created;
    },
    async update(resource, object, options) {
      const updated = await client.update(resource, object, options);
      log.wrote("updated", resource, updated, options?.subresource);
      return updated;
    },
    async patch(resource, key, patch, options) {
      const patched = await client.patch(resource, key, patch, options);
      log.wrote("patched", resource, patched, options?.subresource);
      return patched;
    },
    async delete(resource, key, options) {
      await client.delete(resource, key, options);
      log.deleted(resource, key);
    },
    async deleteCollection(resource, options, deleteOptions) {
      await client.deleteCollection(resource, options, deleteOptions);
      log.other("deleted all", resource, options.namespace ?? "");
    },
    async createSubresource(resource, key, subresource, type, body, options) {
      const answer = await client.createSubresource(resource, key, subresource, type, body, options);
      log.other(`created ${subresource} of`, resource, keyOf({ metadata: key }));
      return answer as never;
    },
  };
}
