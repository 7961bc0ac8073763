import { expect, test } from "vitest";
import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { clusterRoleAggregationController } from "./clusterrole-aggregation.ts";

const rule = (resource: string) => ({ verbs: ["get"], apiGroups: [""], resources: [resource] });

test("rules of selected roles are gathered in the order of names, each once, and follow changes", async () => {
  await using fixture = await runFixture([clusterRoleAggregationController]);
  const { api, settle } = fixture;
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { to: "all" } }] };
  await api.client.create(clusterRoles, {
    metadata: { name: "all", labels: { to: "all" } },
    rules: [],
    aggregationRule,
  });
  const labels = { to: "all" };
  await api.client.create(clusterRoles, { metadata: { name: "z", labels }, rules: [rule("pods"), rule("nodes")] });
  await api.client.create(clusterRoles, { metadata: { name: "b", labels }, rules: [rule("pods")] });
  await api.client.create(clusterRoles, { metadata: { name: "other" }, rules: [rule("secrets")] });
  await settle();
  const gathered = () => api.get(clusterRoles, "all")!.rules.map(({ resources }) => resources![0]);
  expect(gathered()).toEqual(["pods", "nodes"]);
  await api.client.delete(clusterRoles, { name: "z" });
  await settle();
  expect(gathered()).toEqual(["pods"]);
});
