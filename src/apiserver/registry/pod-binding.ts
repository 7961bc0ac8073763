import { type Binding, bindingType } from "#api/core/v1/binding.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type FieldError, notSupported, required } from "#api/field-error.ts";
import type { Mutable } from "#api/resource.ts";
import { badRequest, conflict, invalid } from "#api/status.ts";
import { formatTime } from "#base/clock.ts";
import type { HttpResponse } from "#base/http.ts";
import { respondStatus } from "../endpoints/respond.ts";
import { readTyped } from "../endpoints/review.ts";
import { writeOptions } from "../endpoints/write-options.ts";
import type { Exchange } from "../exchange.ts";
import type { ObjectStore } from "./object-store.ts";
import type { SubresourceRequest } from "./registry.ts";
import { updateObject } from "./update.ts";

const bindingResource = { group: "", plural: "pods/binding" };

/** POST pods/<name>/binding: says once and for all where a pod runs. */
export async function bindPod({ exchange, store }: SubresourceRequest<Pod>): Promise<HttpResponse> {
  const binding = await readTyped(exchange, bindingType);
  const { name } = exchange.info;
  if (binding.metadata.name && binding.metadata.name !== name) {
    throw badRequest("name in URL does not match name in Binding object");
  }
  return bind(store, exchange, name, binding);
}

/** POST bindings, the older path: the binding itself names the pod. */
export async function bindingsEndpoint(store: ObjectStore<Pod>, exchange: Exchange): Promise<HttpResponse> {
  const binding = await readTyped(exchange, bindingType);
  return bind(store, exchange, binding.metadata.name ?? "", binding);
}

async function bind(
  store: ObjectStore<Pod>,
  exchange: Exchange,
  name: string,
  binding: Binding,
): Promise<HttpResponse> {
  const { kind, name: nodeName } = binding.target;
  const errors: FieldError[] = [];
  if (kind && kind !== "Node") errors.push(notSupported("target.kind", kind, ["Node", "<empty>"]));
  if (!nodeName) errors.push(required("target.name"));
  if (errors.length > 0) throw invalid(bindingType, name, errors);
  const { uid } = binding.metadata;
  await updateObject(
    store,
    exchange,
    { namespace: exchange.info.namespace, name },
    {
      options: writeOptions(exchange, "CreateOptions"),
      part: "whole",
      apply(current) {
        checkBindable(current.object, uid);
        const pod: Mutable<Pod> = store.thaw(current);
        pod.spec.nodeName = nodeName!;
        const { annotations } = binding.metadata;
        if (annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
        markScheduled(pod, formatTime(store.deps.clock.now()));
        return pod;
      },
    },
  );
  return respondStatus(exchange, { metadata: {}, status: "Success", code: 201 });
}

function checkBindable({ metadata, spec }: Pod, uid: string | undefined): void {
  const name = metadata.name ?? "";
  if (uid && uid !== metadata.uid) {
    throw conflict(pods, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (metadata.deletionTimestamp !== undefined) {
    throw conflict(bindingResource, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (spec.nodeName) {
    throw conflict(bindingResource, name, `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  }
  if (spec.schedulingGates?.length) {
    throw conflict(bindingResource, name, `pod ${name} has non-empty .spec.schedulingGates`);
  }
}

/** A node that was being made ready for the pod has no meaning any more. */
function markScheduled(pod: Mutable<Pod>, now: string): void {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  pod.status = {
    ...status,
    conditions: [...others, { type: "PodScheduled", status: "True", lastTransitionTime: now }],
  };
}
