import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { replicaController } from "./replicas.ts";

/** **Makes true:** as many active pods match a ReplicaSet's selector, and are controlled by it, as it asks for. */
export const replicaSetController = replicaController({
  name: "replicaset-controller",
  makesTrue: "As many active pods are controlled by a ReplicaSet as its spec.replicas says.",
  resource: replicaSets,
  countsTerminating: true,
  selectorOf: ({ spec }) => spec.selector,
});
