import { expect, test } from "vitest";
import type { Pod } from "#api/core/v1/pod.ts";
import type { PodDisruptionBudget } from "#api/policy/v1/pod-disruption-budget.ts";
import { budgetStatus, expectationOf } from "./budget.ts";

const now = Date.parse("2026-01-01T00:01:00Z");
const budget = (spec: object, status?: object) =>
  ({ metadata: { generation: 2 }, spec, status }) as PodDisruptionBudget;
const pod = (name: string, ready: boolean) =>
  ({
    metadata: { name },
    spec: { containers: [] },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  }) as Pod;

test.each([
  [{ minAvailable: 2 }, { expectedPods: 3, desiredHealthy: 2 }],
  [{ minAvailable: "50%" }, { expectedPods: 5, desiredHealthy: 3 }],
  [{ maxUnavailable: 1 }, { expectedPods: 5, desiredHealthy: 4 }],
  [{ maxUnavailable: "30%" }, { expectedPods: 5, desiredHealthy: 3 }],
  [{ maxUnavailable: 9 }, { expectedPods: 5, desiredHealthy: 0 }],
])("of 3 pods at a scale of 5, %o wants %o", (spec, expected) => {
  expect(expectationOf(budget(spec), 3, () => 5)).toEqual(expected);
});

test("healthy pods beyond what is wanted may go; one that was let go counts no more", () => {
  const disruptedPods = { c: "2026-01-01T00:00:30Z", old: "2026-01-01T00:00:30Z", a: "2025-12-31T23:00:00Z" };
  const pods = [pod("a", true), pod("b", true), pod("c", true), pod("d", false)];
  const status = budgetStatus(budget({}, { disruptedPods }), pods, { expectedPods: 4, desiredHealthy: 1 }, now);
  expect(status).toMatchObject({
    observedGeneration: 2,
    disruptedPods: { c: "2026-01-01T00:00:30Z" },
    currentHealthy: 2,
    disruptionsAllowed: 1,
    conditions: [{ type: "DisruptionAllowed", status: "True", reason: "SufficientPods" }],
  });
  const none = budgetStatus(budget({}), pods, { expectedPods: 4, desiredHealthy: 3 }, now);
  expect(none).toMatchObject({ disruptionsAllowed: 0, conditions: [{ status: "False", reason: "InsufficientPods" }] });
});
