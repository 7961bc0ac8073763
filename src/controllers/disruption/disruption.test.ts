import { expect, test } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { pods } from "#api/core/v1/pod.ts";
import { type PodDisruptionBudget, podDisruptionBudgets } from "#api/policy/v1/pod-disruption-budget.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { deploymentController } from "../deployment/deployment.ts";
import { replicaSetController } from "../replicaset/replicaset.ts";
import { disruptionController } from "./disruption.ts";

test("the scale comes from the Deployment above the pods; pods without a controller have none", async () => {
  await using fixture = await runFixture([deploymentController, replicaSetController, disruptionController]);
  const { api, settle } = fixture;
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [] } };
  await api.client.create(deployments, {
    metadata: { namespace: "default", name: "web" },
    spec: { replicas: 4, selector: { matchLabels: labels }, template },
  });
  const budget = {
    metadata: { namespace: "default", name: "b" },
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  };
  await api.client.create(podDisruptionBudgets, budget as PodDisruptionBudget);
  await settle();
  const status = () => api.get(podDisruptionBudgets, "default/b")!.status;
  expect(status()).toMatchObject({ expectedPods: 4, desiredHealthy: 3, currentHealthy: 0, disruptionsAllowed: 0 });
  for (const pod of api.list(pods)) {
    const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
    await api.client.update(pods, { ...pod, status: ready } as typeof pod, { subresource: "status" });
  }
  await settle();
  expect(status()).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1 });
  await api.client.create(pods, {
    metadata: { namespace: "default", name: "bare", labels: { ...labels, x: "y" } },
    spec: { containers: [] },
  });
  await settle();
  expect(api.get(pods, "default/bare")).toBeDefined();
});
