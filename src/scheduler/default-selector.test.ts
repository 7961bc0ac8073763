import { expect, test } from "vitest";
import type { ReplicaSet } from "#api/apps/v1/replica-set.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { ReplicationController } from "#api/core/v1/replication-controller.ts";
import type { Service } from "#api/core/v1/service.ts";
import { defaultSelectorOf, type GroupSources } from "./default-selector.ts";

const expression = { key: "tier", operator: "Exists" };
const service = (selector?: Record<string, string>): Service => ({
  metadata: {},
  spec: { ...(selector && { selector }) },
});
const setSelector = { matchLabels: { hash: "1" }, matchExpressions: [expression] };
const set = { metadata: {}, spec: { selector: setSelector } } as ReplicaSet;
const controller = { metadata: {}, spec: { selector: { run: "rc" } } } as Partial<ReplicationController>;
const sources: GroupSources = {
  services: { list: () => [service({ app: "web" }), service({ app: "other" }), service({}), service()] },
  replicaSets: { get: key => (key === "shop/set" ? set : undefined) },
  replicationControllers: { get: key => (key === "shop/set" ? (controller as ReplicationController) : undefined) },
};

test.each<[string, Record<string, string>, string, string, object | undefined]>([
  ["nobody's pod", {}, "", "", undefined],
  ["a Service's", { app: "web" }, "", "", { matchLabels: { app: "web" }, matchExpressions: [] }],
  [
    "a ReplicaSet's and a Service's",
    { app: "web" },
    "apps/v1",
    "ReplicaSet",
    { matchLabels: { app: "web", hash: "1" }, matchExpressions: [expression] },
  ],
  [
    "a ReplicationController's",
    {},
    "v1",
    "ReplicationController",
    { matchLabels: { run: "rc" }, matchExpressions: [] },
  ],
  ["that of another kind of the same name", {}, "example.com/v1", "ReplicaSet", undefined],
])("%s", (_name, labels, apiVersion, kind, expected) => {
  const owner = { apiVersion, kind, name: "set", uid: "u", controller: true };
  const metadata = { namespace: "shop", labels, ...(kind && { ownerReferences: [owner] }) };
  const pod: Pod = { metadata, spec: { containers: [] } };
  expect(defaultSelectorOf(pod, sources)).toEqual(expected);
});
