/** Which rollout a ReplicaSet belongs to; `kubectl rollout history` and `undo` go by it. */
export const revisionAnnotation = "deployment.kubernetes.io/revision";
/** Revisions that the same ReplicaSet had before. */
export const revisionHistoryAnnotation = "deployment.kubernetes.io/revision-history";
/** The Deployment's replicas when the ReplicaSet was last sized. */
export const desiredReplicasAnnotation = "deployment.kubernetes.io/desired-replicas";
/** The most pods the Deployment could have had then. */
export const maxReplicasAnnotation = "deployment.kubernetes.io/max-replicas";
