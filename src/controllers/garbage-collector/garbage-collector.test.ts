import { expect, test } from "vitest";
import { type Deployment, deployments } from "#api/apps/v1/deployment.ts";
import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import { configMaps } from "#api/core/v1/config-map.ts";
import { resources } from "#api/list.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { garbageCollector } from "./garbage-collector.ts";

const collector = () => [garbageCollector({ resources })];
const key = { namespace: "default", name: "owner" };

function owner(): Deployment {
  return { metadata: { ...key }, spec: {} } as unknown as Deployment;
}

function reference(of: KubernetesObject, kind = "Deployment", block = true) {
  const { name = "", uid = "" } = of.metadata;
  return { apiVersion: "apps/v1", kind, name, uid, controller: true, blockOwnerDeletion: block };
}

function child(name: string, of: readonly KubernetesObject[], kind?: string): ReplicaSet {
  const ownerReferences = of.map((object, at) => ({ ...reference(object, kind), controller: at === 0 }));
  return { metadata: { namespace: "default", name, ownerReferences }, spec: {} } as unknown as ReplicaSet;
}

test("background: what a deleted object owned goes, link by link", async () => {
  await using fixture = await runFixture(collector());
  const { api, settle } = fixture;
  const top = await api.client.create(deployments, owner());
  const middle = await api.client.create(replicaSets, child("middle", [top]));
  await api.client.create(configMaps, {
    metadata: { namespace: "default", name: "leaf", ownerReferences: [reference(middle, "ReplicaSet")] },
  });
  await settle();
  await api.client.delete(deployments, key, { propagationPolicy: "Background" });
  await settle();
  expect(api.list(replicaSets)).toEqual([]);
  expect(api.list(configMaps)).toEqual([]);
});

test("an object stays while one owner lives; the reference to the other is taken off", async () => {
  await using fixture = await runFixture(collector());
  const { api, settle } = fixture;
  const top = await api.client.create(deployments, owner());
  const other = await api.client.create(deployments, { ...owner(), metadata: { namespace: "default", name: "other" } });
  await api.client.create(replicaSets, child("shared", [top, other]));
  await settle();
  await api.client.delete(deployments, key);
  await settle();
  const shared = api.get(replicaSets, "default/shared")!;
  expect(shared.metadata.ownerReferences?.map(({ name }) => name)).toEqual(["other"]);
});

test("foreground: the owner goes last, and waits for a dependent that a finalizer holds", async () => {
  await using fixture = await runFixture(collector());
  const { api, settle } = fixture;
  const top = await api.client.create(deployments, owner());
  const held = child("held", [top]);
  await api.client.create(replicaSets, { ...held, metadata: { ...held.metadata, finalizers: ["test/hold"] } });
  await api.client.create(replicaSets, child("free", [top]));
  await settle();
  await api.client.delete(deployments, key, { propagationPolicy: "Foreground" });
  await settle();
  expect(api.list(replicaSets).map(({ metadata }) => metadata.name)).toEqual(["held"]);
  expect(api.get(deployments, "default/owner")!.metadata.deletionTimestamp).toBeDefined();
  await api.client.patch(
    replicaSets,
    { namespace: "default", name: "held" },
    { type: "merge", body: { metadata: { finalizers: null } } },
  );
  await settle();
  expect(api.list(replicaSets)).toEqual([]);
  expect(api.list(deployments)).toEqual([]);
});

test("orphan: dependents stay, without the reference", async () => {
  await using fixture = await runFixture(collector());
  const { api, settle } = fixture;
  const top = await api.client.create(deployments, owner());
  await api.client.create(replicaSets, child("kept", [top]));
  await settle();
  await api.client.delete(deployments, key, { propagationPolicy: "Orphan" });
  await settle();
  expect(api.list(deployments)).toEqual([]);
  expect(api.get(replicaSets, "default/kept")!.metadata.ownerReferences ?? []).toEqual([]);
});

test("an owner that never existed, or only under another uid, is no owner; an unknown kind is", async () => {
  await using fixture = await runFixture(collector());
  const { api, settle } = fixture;
  const top = await api.client.create(deployments, owner());
  const impostor = { metadata: { ...top.metadata, uid: "another" } };
  await api.client.create(replicaSets, child("false", [impostor]));
  const foreign = { apiVersion: "example.com/v1", kind: "Thing", name: "t", uid: "t" };
  await api.client.create(replicaSets, {
    ...child("foreign", []),
    metadata: { namespace: "default", name: "foreign", ownerReferences: [foreign] },
  });
  await settle();
  expect(api.list(replicaSets).map(({ metadata }) => metadata.name)).toEqual(["foreign"]);
});

test("two that own each other and are deleted in the foreground do not wait for ever", async () => {
  await using fixture = await runFixture(collector());
  const { api, settle } = fixture;
  const a = await api.client.create(replicaSets, child("a", []));
  const b = await api.client.create(replicaSets, child("b", [a], "ReplicaSet"));
  await api.client.patch(
    replicaSets,
    { namespace: "default", name: "a" },
    { type: "merge", body: { metadata: { ownerReferences: [reference(b, "ReplicaSet")] } } },
  );
  await settle();
  expect(api.list(replicaSets)).toHaveLength(2);
  await api.client.delete(replicaSets, { namespace: "default", name: "a" }, { propagationPolicy: "Foreground" });
  await settle();
  expect(api.list(replicaSets)).toEqual([]);
});
