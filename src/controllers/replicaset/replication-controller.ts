import { replicationControllers } from "#api/core/v1/replication-controller.ts";
import { replicaController } from "./replicas.ts";

/** **Makes true:** what replicaset.ts makes true of ReplicaSets, of their predecessor. */
export const replicationController = replicaController({
  name: "replication-controller",
  makesTrue: "As many active pods are controlled by a ReplicationController as its spec.replicas says.",
  resource: replicationControllers,
  countsTerminating: false,
  selectorOf: ({ spec }) => ({ matchLabels: spec.selector }),
});
