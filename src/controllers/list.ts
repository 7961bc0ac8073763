import { resources } from "#api/list.ts";
import type { Controller } from "#client/controller.ts";
import { clusterDnsController } from "./cluster-dns/cluster-dns.ts";
import { clusterRoleAggregationController } from "./clusterrole-aggregation/clusterrole-aggregation.ts";
import { deploymentController } from "./deployment/deployment.ts";
import { disruptionController } from "./disruption/disruption.ts";
import { endpointsController } from "./endpoints/endpoints.ts";
import { endpointSliceController } from "./endpointslice/endpointslice.ts";
import { garbageCollector } from "./garbage-collector/garbage-collector.ts";
import { namespaceController } from "./namespace/namespace.ts";
import { nodeIpamController } from "./node-ipam/node-ipam.ts";
import type { NodeGrace } from "./node-lifecycle/node-health.ts";
import { nodeLifecycleController } from "./node-lifecycle/node-lifecycle.ts";
import { podGarbageCollector } from "./pod-garbage-collector/pod-garbage-collector.ts";
import { replicaSetController } from "./replicaset/replicaset.ts";
import { replicationController } from "./replicaset/replication-controller.ts";
import { rootCaCertificatePublisher } from "./root-ca-certificate-publisher/root-ca-certificate-publisher.ts";
import { serviceAccountController } from "./serviceaccount/serviceaccount.ts";
import { taintEvictionController } from "./taint-eviction/taint-eviction.ts";

export interface ControllersDeps {
  /** PEM of the CA that signs the API server's certificate. */
  readonly clusterCa: string;
  /** Pods' range, of which nodes get subnets; absent: nodes get none here. */
  readonly podSubnet?: string;
  /** Size of a node's subnet: 24 when left out. */
  readonly nodeMaskSize?: number;
  /** The address of Service `kube-dns`; absent: this cluster has no name servers of its own. */
  readonly clusterDnsIp?: string;
  readonly nodeGrace?: NodeGrace;
  readonly terminatedPodThreshold?: number;
}

/** All controllers, in the order in which they start. */
export function controllers(deps: ControllersDeps): readonly Controller[] {
  const { clusterCa, podSubnet, nodeMaskSize = 24, clusterDnsIp, nodeGrace, terminatedPodThreshold } = deps;
  return [
    serviceAccountController,
    rootCaCertificatePublisher({ certificateAuthority: clusterCa }),
    namespaceController({ resources }),
    ...(clusterDnsIp === undefined ? [] : [clusterDnsController({ clusterDnsIp })]),
    clusterRoleAggregationController,
    ...(podSubnet === undefined ? [] : [nodeIpamController({ clusterCidr: podSubnet, nodeMaskSize })]),
    nodeLifecycleController({ ...(nodeGrace && { grace: nodeGrace }) }),
    taintEvictionController,
    deploymentController,
    replicaSetController,
    replicationController,
    endpointSliceController,
    endpointsController,
    disruptionController,
    podGarbageCollector({ ...(terminatedPodThreshold !== undefined && { terminatedPodThreshold }) }),
    garbageCollector({ resources }),
  ];
}
