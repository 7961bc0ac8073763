import { pods } from "#api/core/v1/pod.ts";
import { resources } from "#api/list.ts";
import { DisposalStack } from "#base/disposal.ts";
import type { HttpHandler } from "#base/http.ts";
import { createClient, userAgentOf } from "#client/create-client.ts";
import { createDirectHttpClient } from "#client/direct.ts";
import type { Kv } from "#store/kv.ts";
import { admissionPlugins } from "./admission/plugins.ts";
import { createAuthenticator } from "./authn/authenticate.ts";
import { ServiceAccountTokens } from "./authn/service-account-tokens.ts";
import { createAuthorizer } from "./authz/authorizer.ts";
import { bootstrap } from "./bootstrap.ts";
import { openCaches } from "./caches.ts";
import { createChain } from "./chain.ts";
import { createDiscovery } from "./discovery/discovery.ts";
import type { HealthCheck, HealthChecks } from "./health.ts";
import { createRequestMetrics } from "./metrics.ts";
import { createOpenApi } from "./openapi/openapi.ts";
import type { ApiServerDeps, ApiServerOptions } from "./options.ts";
import { createPaths } from "./paths.ts";
import { reviews } from "./registry/reviews.ts";
import { createRoute } from "./route.ts";
import { openStores, pathKey } from "./stores.ts";
import { versionInfo } from "./version.ts";

export { type ApiServerDeps, type ApiServerOptions, apiServerDefaults } from "./options.ts";

/** The Kubernetes API as one function from request to response. */
export interface ApiServer extends AsyncDisposable {
  readonly handler: HttpHandler;
  /** Settles once the system namespaces, roles and Service `kubernetes` are as they must be. */
  readonly ready: Promise<void>;
}

/** Puts the server together, from the store up to the chain. */
export async function createApiServer(deps: ApiServerDeps, options: ApiServerOptions): Promise<ApiServer> {
  const { kv, clock, random, log } = deps;
  const opened = new DisposalStack();
  const caches = await openCaches(deps, resources, opened);
  const tokens = new ServiceAccountTokens(deps, {
    keys: deps.serviceAccountKeys,
    issuer: options.serviceAccountIssuer,
    apiAudiences: options.apiAudiences,
  });
  const authenticate = createAuthenticator({ clock, caches, tokens }, { anonymous: options.anonymousAuth });
  const authorizer = opened.use(createAuthorizer({ caches }));
  const admission = admissionPlugins({ caches, clock, random, authorizer });
  const stores = openStores({ ...deps, caches, tokens, admission }, options, resources, opened);
  const asked = new Map(
    reviews({ clock, caches, tokens, authorizer }).map(review => [
      pathKey({ ...review.definition, plural: review.plural }),
      review,
    ]),
  );

  const metrics = createRequestMetrics(({ group, version, resource, subresource }) => {
    const definition = stores.at(group, version, resource)?.definition;
    if (definition === undefined) return asked.has(pathKey({ group, version, plural: resource }));
    return subresource === "" || definition.subresources.some(({ name }) => name === subresource);
  });
  const progress = { bootstrapped: false };
  const serverAddress = `${options.advertiseAddress}:${options.advertisePort}`;
  const version = versionInfo(options);
  const openApi = createOpenApi(() => resources, { clock, version: version.gitVersion });
  const paths = createPaths({
    health: healthChecks(kv, () => progress.bootstrapped),
    metrics,
    tokens,
    version,
    documents: [createDiscovery(() => resources, { serverAddress }), openApi, ...(deps.documents ?? [])],
    groupPaths: () => groupPaths,
    serverUrl: `https://${serverAddress}`,
  });
  const route = createRoute({
    storeOf: stores.at,
    pods: () => stores.of(pods),
    reviewOf: (group, version, plural) => asked.get(pathKey({ group, version, plural })),
    paths,
  });
  const handler = createChain({ clock, random, log, metrics, authenticate, authorizer, route }, options);

  const http = opened.use(createDirectHttpClient(handler, { name: "system:apiserver", groups: ["system:masters"] }));
  const client = createClient({ http, clock, userAgent: userAgentOf("apiserver") });
  const ready = bootstrap({ client }, options).then(() => {
    progress.bootstrapped = true;
  });
  ready.catch((error: unknown) => log.error("the cluster's first objects could not be made", { error }));
  return { handler, ready, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** What `/` lists of the API: each group and version that is served. */
const groupPaths: readonly string[] = [
  ...new Set(
    resources.flatMap(({ group, version }) =>
      group === "" ? ["/api", `/api/${version}`] : ["/apis", "/apis/", `/apis/${group}`, `/apis/${group}/${version}`],
    ),
  ),
];

function healthChecks(kv: Kv, bootstrapped: () => boolean): HealthChecks {
  const well = () => undefined;
  const etcd: HealthCheck = {
    name: "etcd",
    async check() {
      try {
        await kv.range({ key: "/registry/health", limit: 1 });
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
  const live: HealthCheck[] = [
    { name: "ping", check: well },
    { name: "log", check: well },
    etcd,
    { name: "poststarthook/rbac/bootstrap-roles", check: () => (bootstrapped() ? undefined : "not finished") },
  ];
  return { live, ready: [...live, { name: "informer-sync", check: well }, { name: "shutdown", check: well }] };
}
