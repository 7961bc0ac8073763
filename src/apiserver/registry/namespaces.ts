import { type Namespace, namespaces } from "#api/core/v1/namespace.ts";
import type { Mutable } from "#api/resource.ts";
import { contentTypeOf, decodeBody, readBody } from "../endpoints/body.ts";
import { respondObject } from "../endpoints/read.ts";
import { writeOptions } from "../endpoints/write-options.ts";
import type { ObjectStore } from "./object-store.ts";
import type { Registry, SubresourceRequest } from "./registry.ts";
import { updateObject } from "./update.ts";

const contentFinalizer = "kubernetes";
const nameLabel = "kubernetes.io/metadata.name";

/** A namespace ends only after its controller has emptied it and taken its finalizer off (`/finalize`). */
export const namespaceRegistry: Registry<Namespace> = {
  definition: namespaces,

  prepare(namespace, old) {
    const { metadata, spec } = namespace;
    metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name ?? "" };
    if (old !== undefined) {
      spec.finalizers = old.spec.finalizers as string[] | undefined;
      return undefined;
    }
    namespace.status = { phase: "Active" };
    if (!spec.finalizers?.includes(contentFinalizer)) spec.finalizers = [...(spec.finalizers ?? []), contentFinalizer];
    return undefined;
  },

  holdsDeletion: ({ spec }) => (spec.finalizers?.length ?? 0) > 0,

  markDeleted(namespace) {
    namespace.status = { ...namespace.status, phase: "Terminating" };
  },

  subresources: { finalize },
};

/** PUT namespaces/<name>/finalize: only spec.finalizers counts. */
async function finalize({ exchange, store, representation }: SubresourceRequest<Namespace>) {
  const options = writeOptions(exchange, "UpdateOptions");
  const { object } = decodeBody(contentTypeOf(exchange), await readBody(exchange), namespaces);
  const ref = { namespace: "", name: exchange.info.name };
  const version = await updateObject(store, exchange, ref, {
    options,
    part: "whole",
    apply(current) {
      const namespace: Mutable<Namespace> = store.thaw(current);
      if (object.metadata.resourceVersion) namespace.metadata.resourceVersion = object.metadata.resourceVersion;
      if (object.metadata.uid) namespace.metadata.uid = object.metadata.uid;
      namespace.spec.finalizers = [...(object.spec.finalizers ?? [])];
      return namespace;
    },
  });
  return respondObject(exchange, 200, store as unknown as ObjectStore, version, representation);
}
