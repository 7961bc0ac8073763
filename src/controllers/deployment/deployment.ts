import { type Deployment, type DeploymentStatus, deployments } from "#api/apps/v1/deployment.ts";
import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import { pods } from "#api/core/v1/pod.ts";
import { isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { controllerOf } from "#api/meta/v1/controller-of.ts";
import { findCondition } from "#api/meta/v1/find-condition.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { isAlreadyExists, isNotFound } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { type Cache, defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";
import { claimObjects } from "../shared/owners.ts";
import { revisionAnnotation } from "./annotations.ts";
import { type Conditions, hasProgressDeadline, pausedConditions, withCondition } from "./conditions.ts";
import {
  currentAnnotations,
  makeReplicaSet,
  newReplicaSetOf,
  replicaAnnotations,
  surplusHistory,
} from "./replica-sets.ts";
import {
  isRollingUpdate,
  isScalingEvent,
  newReplicaCount,
  planAllToZero,
  planRollingUpdate,
  planScaling,
  replicasOf,
  type Scaling,
} from "./rollout.ts";
import { deploymentStatus, isComplete, nextDeadlineCheckInMs, rolloutConditions } from "./status.ts";
import { sameTemplate } from "./template-hash.ts";

/** **Makes true:** one ReplicaSet of the Deployment's template has all its pods; the way there keeps to the strategy. */
export const deploymentController = defineController({
  name: "deployment-controller",
  makesTrue: "The ReplicaSet of a Deployment's template has all its pods, reached by way of its strategy.",
  reconciles: deployments,
  owns: [replicaSets],
  watches: [
    { resource: replicaSets, keys: deploymentsForOrphan },
    { resource: pods, keys: deploymentOfEndedPod },
  ],
  access: {
    get: [deployments, replicaSets],
    list: [deployments, replicaSets, pods],
    watch: [deployments, replicaSets, pods],
    create: [replicaSets],
    delete: [replicaSets],
    patch: [replicaSets],
    update: [deployments, replicaSets, { resource: deployments, subresource: "status" }],
  },

  async reconcile(key, context) {
    const deployment = context.cache.get(deployments, key);
    if (deployment === undefined) return done;
    const matches = labelSelectorMatcher(deployment.spec.selector);
    const claimed = await claimObjects(context, {
      ownerResource: deployments,
      owner: deployment,
      resource: replicaSets,
      matches: rs => matches(rs.metadata.labels),
    });
    const rollout = new Rollout(deployment, claimed, context);
    await rollout.advance();
    const waitMs = rollout.nextCheckInMs();
    return waitMs === undefined ? done : requeueAfter(waitMs);
  },
});

/** One reconcile of one Deployment: decides by `rollout.ts`, acts, and writes the status once. */
class Rollout {
  #deployment: Deployment;
  #current: ReplicaSet | undefined;
  #old: readonly ReplicaSet[];
  #conditions: Conditions;
  readonly #context: ReconcileContext;

  constructor(deployment: Deployment, all: readonly ReplicaSet[], context: ReconcileContext) {
    this.#deployment = deployment;
    this.#current = newReplicaSetOf(deployment, all);
    this.#old = all.filter(rs => rs !== this.#current);
    this.#context = context;
    this.#conditions = pausedConditions(deployment, deployment.status?.conditions ?? [], context.clock.now());
  }

  async advance(): Promise<void> {
    const deployment = this.#deployment;
    if (deployment.metadata.deletionTimestamp) return this.#writeStatus({ rollout: false });
    if (deployment.spec.paused || isScalingEvent(deployment, this.#all())) {
      await this.#updateCurrent();
      await this.#scaleAll(planScaling(deployment, this.#current, this.#old));
      if (deployment.spec.paused) await this.#cleanUp();
      return this.#writeStatus({ rollout: false });
    }
    await (isRollingUpdate(deployment) ? this.#rollingUpdate() : this.#recreate());
    return this.#writeStatus({ rollout: true });
  }

  nextCheckInMs(): number | undefined {
    return nextDeadlineCheckInMs(this.#deployment, this.#status(), this.#context.clock.now());
  }

  async #rollingUpdate(): Promise<void> {
    const current = await this.#ensureCurrent();
    const plan = planRollingUpdate(this.#deployment, current, this.#old);
    if (plan.length > 0) return this.#scaleAll(plan);
    if (isComplete(this.#deployment, this.#status())) await this.#cleanUp();
  }

  async #recreate(): Promise<void> {
    await this.#updateCurrent();
    const away = planAllToZero(this.#old);
    if (away.length > 0) return this.#scaleAll(away);
    if (this.#oldPodsRemain()) return;
    const current = await this.#ensureCurrent();
    await this.#scale({ replicaSet: current, replicas: this.#deployment.spec.replicas ?? 1 });
    if (isComplete(this.#deployment, this.#status())) await this.#cleanUp();
  }

  /** Pods of the old template that still run, or may. */
  #oldPodsRemain(): boolean {
    return this.#old.some(rs =>
      this.#context.cache.ownedBy(pods, rs.metadata.uid ?? "").some(pod => !isPodTerminal(pod)),
    );
  }

  // ---- the current ReplicaSet ------------------------------------------------------------------------------------

  async #ensureCurrent(): Promise<ReplicaSet> {
    return (await this.#updateCurrent()) ?? this.#createCurrent();
  }

  /** Brings annotations and minReadySeconds of the current one up to date; undefined when there is none. */
  async #updateCurrent(): Promise<ReplicaSet | undefined> {
    const found = this.#current;
    if (found === undefined) return undefined;
    const deployment = this.#deployment;
    const annotations = currentAnnotations(deployment, found, this.#old);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    const changed =
      !jsonEqual(annotations, found.metadata.annotations ?? {}) ||
      (found.spec.minReadySeconds ?? 0) !== minReadySeconds;
    this.#current = changed
      ? await this.#context.client.update(replicaSets, {
          ...found,
          metadata: { ...found.metadata, annotations },
          spec: { ...found.spec, minReadySeconds },
        })
      : found;
    await this.#takeRevision(this.#current);
    if (hasProgressDeadline(deployment) && findCondition(this.#conditions, "Progressing") === undefined) {
      this.#progress("True", "FoundNewReplicaSet", `Found new replica set "${found.metadata.name}"`);
    }
    return this.#current;
  }

  async #createCurrent(): Promise<ReplicaSet> {
    const { client, events } = this.#context;
    const replicas = newReplicaCount(this.#deployment, this.#old, 0);
    const wanted = makeReplicaSet(this.#deployment, this.#old, replicas);
    try {
      this.#current = await client.create(replicaSets, wanted);
    } catch (error) {
      if (!isAlreadyExists(error)) {
        const message = `Failed to create new replica set "${wanted.metadata.name}": ${(error as Error).message}`;
        await this.#noteFailure(message);
        throw error;
      }
      this.#current = await this.#takeOrCollide(wanted, error);
    }
    if (replicas > 0) {
      const message = `Scaled up replica set ${wanted.metadata.name} from 0 to ${replicas}`;
      events.event(deployments, this.#deployment, "Normal", "ScalingReplicaSet", message);
    }
    await this.#takeRevision(this.#current);
    this.#progress("True", "NewReplicaSetCreated", `Created new replica set "${this.#current.metadata.name}"`);
    return this.#current;
  }

  /** The name is taken: by ours, which the cache does not show yet, or by another template with the same hash. */
  async #takeOrCollide(wanted: ReplicaSet, error: unknown): Promise<ReplicaSet> {
    const deployment = this.#deployment;
    const { client } = this.#context;
    const live = await client.get(replicaSets, parseKey(keyOf(wanted)));
    const ours = controllerOf(live)?.uid === deployment.metadata.uid;
    if (ours && sameTemplate(live.spec.template!, deployment.spec.template)) return live;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    await client.update(
      deployments,
      { ...deployment, status: { ...deployment.status, collisionCount } },
      { subresource: "status" },
    );
    throw error;
  }

  async #noteFailure(message: string): Promise<void> {
    if (!hasProgressDeadline(this.#deployment)) return;
    this.#progress("False", "ReplicaSetCreateError", message);
    await this.#writeStatus({ rollout: false });
  }

  #progress(status: "True" | "False", reason: string, message: string): void {
    if (!hasProgressDeadline(this.#deployment)) return;
    const nowMs = this.#context.clock.now();
    this.#conditions = withCondition(this.#conditions, "Progressing", status, reason, message, nowMs);
  }

  /** `kubectl rollout history` reads the Deployment's revision from it, too. */
  async #takeRevision(current: ReplicaSet): Promise<void> {
    const deployment = this.#deployment;
    const revision = current.metadata.annotations?.[revisionAnnotation];
    if (revision === undefined || deployment.metadata.annotations?.[revisionAnnotation] === revision) return;
    const annotations = { ...deployment.metadata.annotations, [revisionAnnotation]: revision };
    const metadata = { ...deployment.metadata, annotations };
    this.#deployment = await this.#context.client.update(deployments, { ...deployment, metadata });
  }

  // ---- sizes -------------------------------------------------------------------------------------------------------

  async #scaleAll(plan: readonly Scaling[]): Promise<void> {
    for (const scaling of plan) await this.#scale(scaling);
  }

  async #scale({ replicaSet, replicas }: Scaling): Promise<void> {
    const { client, events } = this.#context;
    const before = replicasOf(replicaSet);
    const annotations = { ...replicaSet.metadata.annotations, ...replicaAnnotations(this.#deployment) };
    if (before === replicas && jsonEqual(annotations, replicaSet.metadata.annotations)) return;
    const scaled = await client.update(replicaSets, {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      spec: { ...replicaSet.spec, replicas },
    });
    this.#replace(replicaSet, scaled);
    if (before === replicas) return;
    const direction = before < replicas ? "up" : "down";
    const message = `Scaled ${direction} replica set ${replicaSet.metadata.name} from ${before} to ${replicas}`;
    events.event(deployments, this.#deployment, "Normal", "ScalingReplicaSet", message);
  }

  #replace(before: ReplicaSet, after: ReplicaSet): void {
    if (this.#current === before) this.#current = after;
    else this.#old = this.#old.map(rs => (rs === before ? after : rs));
  }

  async #cleanUp(): Promise<void> {
    for (const rs of surplusHistory(this.#deployment, this.#old)) {
      try {
        await this.#context.client.delete(replicaSets, parseKey(keyOf(rs)), {
          preconditions: { uid: rs.metadata.uid, resourceVersion: rs.metadata.resourceVersion },
        });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  // ---- status ------------------------------------------------------------------------------------------------------

  #all(): readonly ReplicaSet[] {
    return this.#current === undefined ? this.#old : [...this.#old, this.#current];
  }

  #status(): DeploymentStatus {
    const nowMs = this.#context.clock.now();
    return deploymentStatus(this.#deployment, this.#current, this.#all(), this.#conditions, nowMs);
  }

  async #writeStatus({ rollout }: { readonly rollout: boolean }): Promise<void> {
    const plain = this.#status();
    const conditions = rollout
      ? rolloutConditions(this.#deployment, plain, this.#current, this.#all(), this.#context.clock.now())
      : (plain.conditions ?? []);
    this.#conditions = conditions;
    const status = { ...plain, conditions };
    if (sameStatus(this.#deployment.status, status)) return;
    const changed = { ...this.#deployment, status };
    this.#deployment = await this.#context.client.update(deployments, changed, { subresource: "status" });
  }
}

/** Counts that are zero may be unset. */
function sameStatus(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const zeros = {
    observedGeneration: 0,
    replicas: 0,
    updatedReplicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    unavailableReplicas: 0,
    conditions: [],
  };
  return jsonEqual({ ...zeros, ...before }, { ...zeros, ...after });
}

/** A ReplicaSet without a controller may be adopted by any Deployment that selects it. */
function deploymentsForOrphan(object: KubernetesObject, _old: unknown, cache: Cache): readonly string[] {
  if (controllerOf(object) !== undefined || object.metadata.deletionTimestamp) return [];
  return cache
    .list(deployments, object.metadata.namespace)
    .filter(deployment => labelSelectorMatcher(deployment.spec.selector)(object.metadata.labels))
    .map(keyOf);
}

/** With Recreate, the new pods wait for the last old one to be gone. */
function deploymentOfEndedPod(object: KubernetesObject, _old: unknown, cache: Cache): readonly string[] {
  if (cache.get(pods, keyOf(object)) !== undefined) return [];
  const namespace = object.metadata.namespace;
  const rsName = controllerOf(object)?.name;
  const rs = rsName === undefined ? undefined : cache.get(replicaSets, `${namespace}/${rsName}`);
  const name = rs && controllerOf(rs)?.name;
  const deployment = name === undefined ? undefined : cache.get(deployments, `${namespace}/${name}`);
  return deployment?.spec.strategy?.type === "Recreate" ? [keyOf(deployment)] : [];
}
