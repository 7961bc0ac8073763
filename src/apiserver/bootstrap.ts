import { endpoints } from "#api/core/v1/endpoints.ts";
import { namespaces } from "#api/core/v1/namespace.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import { clusterRoleBindings } from "#api/rbac.authorization.k8s.io/v1/cluster-role-binding.ts";
import { roles } from "#api/rbac.authorization.k8s.io/v1/role.ts";
import { roleBindings } from "#api/rbac.authorization.k8s.io/v1/role-binding.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { isAlreadyExists, isConflict, isNotFound } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { type Client, keyOf, parseKey } from "#client/client.ts";
import { type BootstrapPolicy, bootstrapPolicy } from "./authz/bootstrap-policy.ts";
import { type Reconciliation, reconcileBinding, reconcileRole } from "./authz/reconcile.ts";
import type { ApiServerOptions } from "./options.ts";
import { ipRange } from "./registry/ip-range.ts";

const systemNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];
const triesLimit = 5;

export interface BootstrapDeps {
  /** Acts with the server's own identity through the whole request chain. */
  readonly client: Client;
}

export type BootstrapOptions = Pick<
  ApiServerOptions,
  "advertiseAddress" | "advertisePort" | "serviceClusterIpRange" | "controllers"
>;

/** Makes true what every cluster has from its first second: namespaces, default roles, Service `kubernetes`. */
export async function bootstrap({ client }: BootstrapDeps, options: BootstrapOptions): Promise<void> {
  const policy = bootstrapPolicy(options.controllers);
  await Promise.all([ensureNamespaces(client), ensurePolicy(client, policy)]);
  await Promise.all([ensureKubernetesService(client, options), ensurePolicyInNamespaces(client, policy)]);
}

async function ensureNamespaces(client: Client): Promise<void> {
  const wanted = systemNamespaces.map(name => ({ metadata: { name }, spec: {} }));
  await reconcileAll(client, namespaces, wanted, createOnly);
}

async function ensurePolicy(client: Client, policy: BootstrapPolicy): Promise<void> {
  await Promise.all([
    reconcileAll(client, clusterRoles, policy.clusterRoles, reconcileRole),
    reconcileAll(client, clusterRoleBindings, policy.clusterRoleBindings, reconcileBinding),
  ]);
}

async function ensurePolicyInNamespaces(client: Client, policy: BootstrapPolicy): Promise<void> {
  await Promise.all([
    reconcileAll(client, roles, policy.roles, reconcileRole),
    reconcileAll(client, roleBindings, policy.roleBindings, reconcileBinding),
  ]);
}

/** Service `kubernetes` has the range's first address and leads to this server. */
async function ensureKubernetesService(client: Client, options: BootstrapOptions): Promise<void> {
  const { advertiseAddress: ip, advertisePort: port } = options;
  const metadata = { name: "kubernetes", namespace: "default" };
  const clusterIP = ipRange(options.serviceClusterIpRange).at(0);
  const service: Service = {
    metadata: { ...metadata, labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      type: "ClusterIP",
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilyPolicy: "SingleStack",
      ipFamilies: ["IPv4"],
      sessionAffinity: "None",
      ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: port }],
    },
  };
  await reconcile(client, services, service, createOnly);
  // A server that only this machine can reach (a cluster inside a test) is no endpoint for pods.
  if (ip.startsWith("127.")) return;
  const ports = [{ name: "https", port, protocol: "TCP" as const }];
  await Promise.all([
    reconcile(
      client,
      endpoints,
      {
        metadata: { ...metadata, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
        subsets: [{ addresses: [{ ip }], ports }],
      },
      (existing, wanted) => keepEqual(existing, wanted, "subsets"),
    ),
    reconcile(
      client,
      endpointSlices,
      {
        metadata: { ...metadata, labels: { "kubernetes.io/service-name": "kubernetes" } },
        addressType: "IPv4",
        endpoints: [{ addresses: [ip], conditions: { ready: true } }],
        ports,
      },
      (existing, wanted) => keepEqual(existing, wanted, "endpoints", "ports"),
    ),
  ]);
}

type Plan<T> = (existing: T | undefined, wanted: T) => Reconciliation<T>;

function createOnly<T>(existing: T | undefined, wanted: T): Reconciliation<T> {
  return existing === undefined ? { type: "create", object: wanted } : { type: "none" };
}

/** Brings these fields of an existing object to what is wanted. */
function keepEqual<T extends KubernetesObject>(
  existing: T | undefined,
  wanted: T,
  ...fields: (keyof T & string)[]
): Reconciliation<T> {
  if (existing === undefined) return { type: "create", object: wanted };
  if (fields.every(field => jsonEqual(existing[field], wanted[field]))) return { type: "none" };
  const changed = Object.fromEntries(fields.map(field => [field, wanted[field]])) as Partial<T>;
  return { type: "update", object: { ...existing, ...changed } };
}

/** {@link reconcile} for many objects of one kind, with one LIST for what is there: at first that is nothing. */
async function reconcileAll<T extends KubernetesObject>(
  client: Client,
  resource: ResourceDefinition<T>,
  wanted: readonly T[],
  plan: Plan<T>,
): Promise<void> {
  const { items } = await client.list(resource);
  const existing = new Map(items.map(object => [keyOf(object), object]));
  await Promise.all(wanted.map(each => write(client, resource, existing.get(keyOf(each)), each, plan)));
}

async function reconcile<T extends KubernetesObject>(
  client: Client,
  resource: ResourceDefinition<T>,
  wanted: T,
  plan: Plan<T>,
): Promise<void> {
  await write(client, resource, await read(client, resource, keyOf(wanted)), wanted, plan);
}

async function read<T extends KubernetesObject>(
  client: Client,
  resource: ResourceDefinition<T>,
  key: string,
): Promise<T | undefined> {
  return client.get(resource, parseKey(key)).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/** Decides and writes; reads and does so again when another server was faster. */
async function write<T extends KubernetesObject>(
  client: Client,
  resource: ResourceDefinition<T>,
  existing: T | undefined,
  wanted: T,
  plan: Plan<T>,
): Promise<void> {
  const key = keyOf(wanted);
  let known = existing;
  for (let tries = 1; ; tries++) {
    const todo = plan(known, wanted);
    try {
      if (todo.type === "none") return;
      if (todo.type === "update") await client.update(resource, todo.object);
      if (todo.type === "replace") await client.delete(resource, parseKey(key));
      if (todo.type === "create" || todo.type === "replace") await client.create(resource, todo.object);
      return;
    } catch (error) {
      if (tries === triesLimit || !(isConflict(error) || isAlreadyExists(error))) throw error;
    }
    known = await read(client, resource, key);
  }
}
