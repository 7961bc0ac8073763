import type { Pod } from "#api/core/v1/pod.ts";
import { hasVerb, type KubernetesObject, type ResourceDefinition } from "#api/resource.ts";
import { badRequest, methodNotAllowed } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import { createEndpoint } from "./endpoints/create.ts";
import { deleteCollectionEndpoint, deleteEndpoint } from "./endpoints/delete.ts";
import { patchEndpoint } from "./endpoints/patch.ts";
import { getObject, listObjects } from "./endpoints/read.ts";
import { pageNotFound, representationFor } from "./endpoints/respond.ts";
import { reviewEndpoint } from "./endpoints/review.ts";
import { updateEndpoint } from "./endpoints/update.ts";
import { watchObjects } from "./endpoints/watch.ts";
import type { Exchange, Step } from "./exchange.ts";
import type { ObjectStore } from "./registry/object-store.ts";
import { bindingsEndpoint } from "./registry/pod-binding.ts";
import type { Review } from "./registry/registry.ts";

export interface RouteDeps {
  storeOf(group: string, version: string, plural: string): ObjectStore | undefined;
  reviewOf(group: string, version: string, plural: string): Review | undefined;
  pods(): ObjectStore<Pod>;
  /** Answers paths that name no resource; undefined when nobody does. */
  paths(exchange: Exchange): HttpResponse | undefined | Promise<HttpResponse | undefined>;
}

/** The last step of the chain: the endpoint for what is asked. */
export function createRoute(deps: RouteDeps): Step {
  return exchange => {
    const { info } = exchange;
    if (info.isResourceRequest) {
      const store = deps.storeOf(info.group, info.version, info.resource);
      if (store !== undefined) return routeResource(store, exchange);
      const review = deps.reviewOf(info.group, info.version, info.resource);
      if (review !== undefined) return routeReview(review, exchange);
      const bindsPods = info.resource === "bindings" && info.group === "" && info.verb === "create";
      if (bindsPods && info.namespace !== "") return bindingsEndpoint(deps.pods(), exchange);
    }
    const answer = deps.paths(exchange);
    return answer instanceof Promise ? answer.then(orPageNotFound) : orPageNotFound(answer);
  };
}

function orPageNotFound(response: HttpResponse | undefined): HttpResponse {
  return response ?? pageNotFound;
}

function routeReview(review: Review, exchange: Exchange): Promise<HttpResponse> | HttpResponse {
  if (exchange.info.verb !== "create") throw methodNotAllowed();
  return reviewEndpoint(review, exchange);
}

type Endpoint = (store: ObjectStore, exchange: Exchange) => HttpResponse | Promise<HttpResponse>;

const endpoints: Readonly<Record<string, Endpoint>> = {
  get: getObject,
  list: listObjects,
  watch: watchObjects,
  create: createEndpoint,
  update: (store, exchange) => updateEndpoint(store, exchange, ""),
  patch: (store, exchange) => patchEndpoint(store, exchange, ""),
  delete: deleteEndpoint,
  deletecollection: deleteCollectionEndpoint,
};

const statusEndpoints: Readonly<Record<string, Endpoint>> = {
  get: getObject,
  update: (store, exchange) => updateEndpoint(store, exchange, "status"),
  patch: (store, exchange) => patchEndpoint(store, exchange, "status"),
};

function routeResource(store: ObjectStore, exchange: Exchange): HttpResponse | Promise<HttpResponse> {
  const { info } = exchange;
  const { definition } = store;
  if (!isInScope(definition, exchange)) return pageNotFound;
  if (definition.deprecation !== undefined) exchange.warnings.push(definition.deprecation);
  if (info.subresource !== "") return routeSubresource(store, exchange);
  const endpoint = endpoints[info.verb];
  if (endpoint === undefined || !hasVerb(definition, info.verb)) throw methodNotAllowed();
  if (info.name === "" && (info.verb === "update" || info.verb === "patch")) throw badRequest("name must be provided");
  return endpoint(store, exchange);
}

/** A namespaced kind is created, changed and read one by one only inside a namespace. */
function isInScope(definition: ResourceDefinition<KubernetesObject>, { info }: Exchange): boolean {
  // A namespace's own path names it as the namespace, too; any other would ask for one with the rights in another.
  if (definition.scope === "Cluster") {
    return info.namespace === "" || (definition.plural === "namespaces" && info.namespace === info.name);
  }
  return info.namespace !== "" || info.verb === "list" || info.verb === "watch";
}

function routeSubresource(store: ObjectStore, exchange: Exchange): HttpResponse | Promise<HttpResponse> {
  const { subresource, verb } = exchange.info;
  const declared = store.definition.subresources.find(({ name }) => name === subresource);
  if (declared === undefined) return pageNotFound;
  const handler = store.registry?.subresources?.[subresource];
  if (handler !== undefined) {
    if (!hasVerb(declared, verb)) throw methodNotAllowed();
    return handler({ exchange, store, representation: representationFor(exchange) });
  }
  const endpoint = subresource === "status" ? statusEndpoints[verb] : undefined;
  if (endpoint === undefined) throw methodNotAllowed();
  return endpoint(store, exchange);
}
