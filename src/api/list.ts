import { deployments } from "./apps/v1/deployment.ts";
import { replicaSets } from "./apps/v1/replica-set.ts";
import { leases } from "./coordination.k8s.io/v1/lease.ts";
import { configMaps } from "./core/v1/config-map.ts";
import { endpoints } from "./core/v1/endpoints.ts";
import { events } from "./core/v1/event.ts";
import { namespaces } from "./core/v1/namespace.ts";
import { nodes } from "./core/v1/node.ts";
import { pods } from "./core/v1/pod.ts";
import { replicationControllers } from "./core/v1/replication-controller.ts";
import { secrets } from "./core/v1/secret.ts";
import { services } from "./core/v1/service.ts";
import { serviceAccounts } from "./core/v1/service-account.ts";
import { endpointSlices } from "./discovery.k8s.io/v1/endpoint-slice.ts";
import { events as eventsV1 } from "./events.k8s.io/v1/event.ts";
import { podDisruptionBudgets } from "./policy/v1/pod-disruption-budget.ts";
import { clusterRoles } from "./rbac.authorization.k8s.io/v1/cluster-role.ts";
import { clusterRoleBindings } from "./rbac.authorization.k8s.io/v1/cluster-role-binding.ts";
import { roles } from "./rbac.authorization.k8s.io/v1/role.ts";
import { roleBindings } from "./rbac.authorization.k8s.io/v1/role-binding.ts";
import type { ResourceDefinition } from "./resource.ts";

/** Every stored resource: groups in the order of discovery, resources of a group by name. */
export const resources: readonly ResourceDefinition[] = [
  configMaps,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  replicationControllers,
  secrets,
  serviceAccounts,
  services,
  deployments,
  replicaSets,
  eventsV1,
  podDisruptionBudgets,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  leases,
  endpointSlices,
];
