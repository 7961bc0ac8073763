import { type Scale, scaleType } from "#api/autoscaling/v1/scale.ts";
import { codecOf } from "#api/codec/codec.ts";
import { age } from "#api/columns.ts";
import type { LabelSelector } from "#api/meta/v1/label-selector.ts";
import { labelSelectorRequirements } from "#api/meta/v1/label-selector-match.ts";
import type { Column, KubernetesObject, Mutable, ResourceDefinition } from "#api/resource.ts";
import { invalid, methodNotAllowed, unsupportedMediaType } from "#api/status.ts";
import { formatLabelSelector } from "#wire/label-selector.ts";
import { checkKind, contentTypeOf, readBody, readObject, reportStrictErrors } from "../endpoints/body.ts";
import { respondTyped } from "../endpoints/review.ts";
import { type RowDefinition, respondTable, tableForm } from "../endpoints/table.ts";
import { writeOptions } from "../endpoints/write-options.ts";
import type { Exchange } from "../exchange.ts";
import { applyPatch } from "../patch/apply-patch.ts";
import type { ObjectVersion } from "./object-store.ts";
import type { Registry, SubresourceRequest } from "./registry.ts";
import { updateObject } from "./update.ts";

/** What every resource with a scale has. */
interface Scalable extends KubernetesObject {
  readonly spec: { readonly replicas?: number | undefined };
  readonly status?: { readonly replicas?: number | undefined } | undefined;
}

const encoder = new TextEncoder();

const scaleColumns: readonly Column<Scale>[] = [
  { name: "Desired", type: "integer", doc: "How many are wanted.", value: ({ spec }) => spec.replicas ?? 0 },
  { name: "Available", type: "integer", doc: "How many there are.", value: ({ status }) => status?.replicas ?? 0 },
  age,
];
const scaleRows: RowDefinition = { columns: scaleColumns as readonly Column<KubernetesObject>[] };

/** Which pods the object counts. */
type SelectorReader<T> = (object: T) => LabelSelector | undefined;

/** A registry whose only act is the scale subresource. */
export function scalableRegistry<T extends Scalable>(
  definition: ResourceDefinition<T>,
  selectorOf: SelectorReader<T>,
): Registry<T> {
  return { definition, subresources: { scale: request => handleScale(request, selectorOf) } };
}

async function handleScale<T extends Scalable>(request: SubresourceRequest<T>, selectorOf: SelectorReader<T>) {
  const { exchange, store, representation } = request;
  const { namespace, name, verb } = exchange.info;
  const ref = { namespace, name };
  const scaleOfThis = (object: T) => scaleOf(object, selectorOf(object));
  const answer = ({ object, revision }: ObjectVersion<T>) => {
    const scale = scaleOfThis(object);
    if (representation.as !== "Table") return respondTyped(exchange, 200, scaleType, scale, representation);
    const form = tableForm(exchange, scaleRows, representation, store.deps.clock.now());
    const json = encoder.encode(codecOf(scaleType).encodeJson(scale));
    const page = { items: [{ object: scale, json }], revision, continueToken: "", remaining: undefined };
    return respondTable(exchange, form, page, representation);
  };
  if (verb === "get") return answer(await store.get(ref));
  const { wanted, options } = await readWanted(exchange);
  const version = await updateObject(store, exchange, ref, {
    options,
    part: "",
    apply(current) {
      const scale = wanted(scaleOfThis(current.object));
      checkScale(scale, name);
      const thawed = store.thaw(current);
      const object = thawed as Mutable<Scalable>;
      object.spec.replicas = scale.spec.replicas ?? 0;
      const { resourceVersion, uid } = scale.metadata;
      if (resourceVersion) object.metadata.resourceVersion = resourceVersion;
      if (uid) object.metadata.uid = uid;
      return thawed;
    },
  });
  return answer(version);
}

/** The scale that the request makes of the present one. */
async function readWanted(exchange: Exchange) {
  if (exchange.info.verb === "update") {
    const options = writeOptions(exchange, "UpdateOptions");
    const decoded = await readObject(exchange, scaleType);
    checkKind(decoded, scaleType);
    reportStrictErrors(exchange, options.fieldValidation, decoded.strictErrors, scaleType);
    return { options, wanted: () => decoded.object };
  }
  if (exchange.info.verb !== "patch") throw methodNotAllowed();
  const type = patchTypes[contentTypeOf(exchange)];
  if (type === undefined) throw unsupportedMediaType(Object.keys(patchTypes));
  const options = writeOptions(exchange, "PatchOptions");
  const patch = await readBody(exchange);
  const codec = codecOf(scaleType);
  const wanted = (current: Scale): Scale => {
    const value = codec.toValue(current) as Parameters<typeof applyPatch>[0]["current"];
    return codec.decodeValue(applyPatch({ type, patch, current: value, definition: scaleType })).object;
  };
  return { options, wanted };
}

const patchTypes: Readonly<Record<string, "json" | "merge" | "strategic">> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

function checkScale(scale: Scale, name: string): void {
  const replicas = scale.spec.replicas ?? 0;
  if (replicas >= 0) return;
  const detail = "must be greater than or equal to 0";
  throw invalid(scaleType, name, [{ type: "Invalid", field: "spec.replicas", badValue: replicas, detail }]);
}

export function scaleOf({ metadata, spec, status }: Scalable, selector: LabelSelector | undefined): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const requirements = selector === undefined ? undefined : labelSelectorRequirements(selector);
  return {
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas ?? 0 },
    status: {
      replicas: status?.replicas ?? 0,
      ...(requirements !== undefined && { selector: formatLabelSelector(requirements) }),
    },
  };
}
