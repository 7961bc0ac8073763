import type { ResourceDefinition } from "#api/resource.ts";
import type { Controller } from "#client/controller.ts";
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
import { taintEvictionController } from "./node-lifecycle/taint-eviction.ts";
import { podGarbageCollector } from "./pod-garbage-collector/pod-garbage-collector.ts";
import { replicaSetController } from "./replicaset/replicaset.ts";
import { rootCaCertificatePublisher } from "./root-ca-certificate-publisher/root-ca-certificate-publisher.ts";
import { serviceAccountController } from "./serviceaccount/serviceaccount.ts";

export interface ControllersDeps {
  /** Every stored resource (`api/list.ts`): what namespaces are emptied of and garbage is collected in. */
  readonly resources: readonly ResourceDefinition[];
  /** PEM of the CA that signs the API server's certificate. */
  readonly certificateAuthority: string;
  /** Pods' range, of which nodes get subnets; absent: nodes get none here. */
  readonly clusterCidr?: string;
  readonly nodeCidrMaskSize?: number;
  readonly nodeGrace?: NodeGrace;
  readonly terminatedPodThreshold?: number;
}

/** All controllers, in the order in which they start. */
export function controllers(deps: ControllersDeps): readonly Controller[] {
  const { resources, certificateAuthority, clusterCidr, nodeCidrMaskSize, nodeGrace, terminatedPodThreshold } = deps;
  const ipam = clusterCidr === undefined ? [] : [nodeIpamController(ipamOptions(clusterCidr, nodeCidrMaskSize))];
  return [
    serviceAccountController,
    rootCaCertificatePublisher({ certificateAuthority }),
    namespaceController({ resources }),
    clusterRoleAggregationController,
    ...ipam,
    nodeLifecycleController(nodeGrace === undefined ? {} : { grace: nodeGrace }),
    taintEvictionController,
    deploymentController,
    replicaSetController,
    endpointSliceController,
    endpointsController,
    disruptionController,
    podGarbageCollector(terminatedPodThreshold === undefined ? {} : { terminatedPodThreshold }),
    garbageCollector({ resources }),
  ];
}

function ipamOptions(clusterCidr: string, nodeMaskSize: number | undefined) {
  return nodeMaskSize === undefined ? { clusterCidr } : { clusterCidr, nodeMaskSize };
}
