import { expect, test } from "vitest";
import { pods } from "#api/core/v1/pod.ts";
import { type ReplicationController, replicationControllers } from "#api/core/v1/replication-controller.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { replicationController } from "./replication-controller.ts";

const labels = { app: "web" };

function controller(replicas: number): ReplicationController {
  return {
    metadata: { namespace: "default", name: "web" },
    spec: { replicas, selector: labels, template: { metadata: { labels }, spec: { containers: [] } } },
  };
}

test("makes the pods that its plain selector lacks and adopts those it selects", async () => {
  await using fixture = await runFixture([replicationController]);
  const { api, settle } = fixture;
  const orphan = { metadata: { namespace: "default", name: "orphan", labels }, spec: { containers: [] } };
  const other = { ...orphan, metadata: { ...orphan.metadata, name: "other", labels: { app: "db" } } };
  await api.client.create(pods, orphan);
  await api.client.create(pods, other);
  await api.client.create(replicationControllers, controller(2));
  await settle();
  const owned = api.list(pods).filter(({ metadata }) => metadata.ownerReferences?.length === 1);
  expect(owned).toHaveLength(2);
  expect(owned.map(({ metadata }) => metadata.name)).toContain("orphan");
  expect(owned[0]!.metadata.ownerReferences).toMatchObject([{ apiVersion: "v1", kind: "ReplicationController" }]);
  const { status } = api.get(replicationControllers, "default/web")!;
  expect(status).toMatchObject({ replicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 });
  expect(status).not.toHaveProperty("terminatingReplicas");
});
