import { expect, test } from "vitest";
import type { Pod } from "#api/core/v1/pod.ts";
import { deletionOrder } from "./deletion-order.ts";

const now = Date.parse("2026-01-02T00:00:00Z");

interface Facts {
  readonly node?: string;
  readonly phase?: NonNullable<Pod["status"]>["phase"];
  readonly readySince?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly created?: string;
}

function pod(name: string, facts: Facts): Pod {
  const { node = "n", phase = "Running", readySince = "2026-01-01T00:00:00Z", cost, restarts = 0 } = facts;
  const conditions = readySince === "" ? [] : [{ type: "Ready", status: "True", lastTransitionTime: readySince }];
  const container = { name: "c", image: "i", imageID: "", ready: readySince !== "", restartCount: restarts };
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: facts.created ?? "2026-01-01T00:00:00Z",
      ...(cost && { annotations: { "controller.kubernetes.io/pod-deletion-cost": cost } }),
    },
    spec: { nodeName: node, containers: [] },
    status: { phase, conditions, containerStatuses: [container] },
  };
}

test.each<[string, Facts, Facts]>([
  ["not on a node", { node: "" }, { cost: "-5" }],
  ["pending before running", { phase: "Pending" }, { cost: "-5" }],
  ["not ready", { readySince: "" }, { cost: "-5" }],
  ["cheaper", { cost: "-5" }, { restarts: 7 }],
  ["ready for a much shorter time", { readySince: "2026-01-01T23:00:00Z" }, { restarts: 7 }],
  ["restarted more often", { restarts: 7 }, { created: "2026-01-01T23:59:00Z" }],
  ["much younger", { created: "2026-01-01T23:59:00Z" }, {}],
])("%s goes first", (_, first, second) => {
  // The name that sorts first is the one that stays, so that the uid decides nothing.
  const order = deletionOrder([pod("a", second), pod("z", first)], () => 1, now);
  expect(order.map(({ metadata }) => metadata.name)).toEqual(["z", "a"]);
});

test("of pods alike one on a node with more of them goes first; of times of one magnitude the uid decides", () => {
  const crowded = pod("z", { node: "full" });
  const alone = pod("a", { node: "empty" });
  const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
  expect(names(deletionOrder([alone, crowded], ({ spec }) => (spec.nodeName === "full" ? 2 : 1), now))).toEqual([
    "z",
    "a",
  ]);
  const younger = pod("z", { readySince: "2026-01-01T01:00:00Z" });
  expect(names(deletionOrder([younger, pod("a", {})], () => 1, now))).toEqual(["a", "z"]);
});
