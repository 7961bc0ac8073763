import { expect, test } from "vitest";
import type { Deployment } from "#api/apps/v1/deployment.ts";
import type { ReplicaSet } from "#api/apps/v1/replica-set.ts";
import { fenceposts, newReplicaCount, planRollingUpdate, planScaling } from "./rollout.ts";
import { templateHash } from "./template-hash.ts";

function deployment(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment {
  return {
    metadata: { name: "d" },
    spec: { replicas, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } } },
  } as Deployment;
}

/** `desired` and `max` are what the Deployment was when the ReplicaSet was last sized. */
function rs(name: string, replicas: number, available: number, sized?: { desired: number; max: number }): ReplicaSet {
  const annotations = sized && {
    "deployment.kubernetes.io/desired-replicas": String(sized.desired),
    "deployment.kubernetes.io/max-replicas": String(sized.max),
  };
  return {
    metadata: { name, annotations, creationTimestamp: `2026-01-01T00:00:0${name.slice(-1)}Z` },
    spec: { replicas },
    status: { replicas, availableReplicas: available },
  } as ReplicaSet;
}

const sizes = (plan: readonly { replicaSet: ReplicaSet; replicas: number }[]) =>
  Object.fromEntries(plan.map(({ replicaSet, replicas }) => [replicaSet.metadata.name, replicas]));

test.each([
  [10, "25%", "25%", { surge: 3, unavailable: 2 }],
  [1, "25%", "25%", { surge: 1, unavailable: 0 }],
  [10, 0, "5%", { surge: 0, unavailable: 1 }],
  [4, 2, 1, { surge: 2, unavailable: 1 }],
])("of %i replicas with surge %s and unavailable %s: %o", (replicas, surge, unavailable, expected) => {
  expect(fenceposts(deployment(replicas, surge, unavailable))).toEqual(expected);
});

test.each([
  { replicas: 10, surge: 2, old: 10, current: 0, expected: 2 },
  { replicas: 10, surge: 2, old: 5, current: 5, expected: 7 },
  { replicas: 10, surge: 2, old: 12, current: 0, expected: 0 },
  { replicas: 10, surge: 20, old: 0, current: 4, expected: 10 },
])("the new one grows to $expected with $old old, $current new of $replicas", row => {
  const all = [rs("a1", row.old, row.old), rs("b2", row.current, 0)];
  expect(newReplicaCount(deployment(row.replicas, row.surge, 0), all, row.current)).toBe(row.expected);
});

test.each([
  { name: "up first", d: deployment(10, 2, 2), current: [0, 0], old: [10, 10], expected: { b2: 2 } },
  { name: "down by what may be missing", d: deployment(10, 0, 2), current: [0, 0], old: [10, 10], expected: { a1: 8 } },
  {
    name: "nothing while the new ones are not available",
    d: deployment(10, 2, 0),
    current: [2, 0],
    old: [10, 10],
    expected: {},
  },
  {
    name: "down by the new ones that came up",
    d: deployment(10, 2, 0),
    current: [2, 2],
    old: [10, 10],
    expected: { a1: 8 },
  },
  { name: "unhealthy old ones at once", d: deployment(10, 0, 2), current: [2, 2], old: [8, 5], expected: { a1: 6 } },
])("$name", ({ d, current, old, expected }) => {
  const plan = planRollingUpdate(d, rs("b2", current[0]!, current[1]!), [rs("a1", old[0]!, old[1]!)]);
  expect(sizes(plan)).toEqual(expected);
});

test("scaling in the middle of a rollout keeps the proportions; the largest takes the rest", () => {
  const sized = { desired: 10, max: 13 };
  const up = planScaling(deployment(15, 3, 2), rs("b2", 5, 0, sized), [rs("a1", 8, 8, sized)]);
  expect(sizes(up)).toEqual({ a1: 11, b2: 7 });
  const down = planScaling(deployment(5, 3, 2), rs("b2", 5, 0, sized), [rs("a1", 8, 8, sized)]);
  expect(sizes(down)).toEqual({ a1: 5, b2: 3 });
});

test("a single ReplicaSet with pods gets all; a finished one sends the others to zero", () => {
  expect(sizes(planScaling(deployment(7, 1, 1), rs("b2", 3, 3), [rs("a1", 0, 0)]))).toEqual({ b2: 7 });
  const done = rs("b2", 4, 4, { desired: 4, max: 5 });
  expect(sizes(planScaling(deployment(4, 1, 1), done, [rs("a1", 2, 2)]))).toEqual({ a1: 0 });
});

test("the hash of a template is stable, does not see its own label, and changes with the collision count", () => {
  const template = { metadata: { labels: { app: "a", tier: "b" } }, spec: { containers: [] } };
  const same = {
    spec: { containers: [] },
    metadata: { labels: { tier: "b", app: "a", "pod-template-hash": "x" } },
  };
  expect(templateHash(template, undefined)).toBe(templateHash(same, undefined));
  expect(templateHash(template, 1)).not.toBe(templateHash(template, undefined));
  expect(templateHash(template, undefined)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
});
