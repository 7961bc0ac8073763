import { expect, test } from "vitest";
import { type Deployment, deployments } from "#api/apps/v1/deployment.ts";
import { codecOf } from "#api/codec/codec.ts";
import { deepFreeze } from "#api/codec/freeze.ts";
import { configMaps } from "#api/core/v1/config-map.ts";
import { services } from "#api/core/v1/service.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { ApiError } from "#api/status.ts";
import { type Applied, fieldManagerOf, type JsonObject } from "./field-manager.ts";

const time = Date.parse("2026-11-21T14:00:00Z");
const writer = (manager: string, subresource = "", later = 0) => ({
  manager,
  subresource,
  timeMs: time + later * 1000,
});

function decoded<T extends KubernetesObject>(definition: ResourceDefinition<T>, value: unknown): T {
  const codec = codecOf(definition);
  const { object } = codec.decodeValue(structuredClone(value));
  codec.applyDefaults(object);
  return deepFreeze(object);
}

const deployment = (spec: object, metadata: object = {}) =>
  decoded(deployments, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", ...metadata }, spec });

const spec = {
  replicas: 2,
  selector: { matchLabels: { app: "web" } },
  template: {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "web", image: "web:1", ports: [{ containerPort: 80 }] }] },
  },
};

/** The stored object that an apply leads to. */
function stored<T extends KubernetesObject>(definition: ResourceDefinition<T>, { object }: Applied): T {
  return decoded(definition, object);
}

function apply(live: object | undefined, manager: string, body: object, force = false): Applied {
  const applied = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, ...body } as JsonObject;
  return fieldManagerOf(deployments).apply(live, deepFreeze(applied), { ...writer(manager), force });
}

function refusal(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  throw new Error("nothing was refused");
}

type Entries = readonly { manager?: string; operation?: string; time?: string; fieldsV1?: unknown }[];
const entriesOf = (object: unknown) => (object as { metadata: { managedFields: Entries } }).metadata.managedFields;
const fieldsOf = (object: unknown, manager: string) =>
  entriesOf(object).find(entry => entry.manager === manager)?.fieldsV1;

test("a create is owned field by field; what is always written and empty is nobody's", () => {
  const entries = fieldManagerOf(configMaps).recordCreate(
    decoded(configMaps, { metadata: { name: "c", namespace: "d", labels: { a: "b" } }, data: { z: "1", k: "2" } }),
    writer("kubectl-create"),
  );
  expect(entries).toEqual([
    {
      manager: "kubectl-create",
      operation: "Update",
      apiVersion: "v1",
      time: "2026-11-21T14:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: {
        "f:data": { ".": {}, "f:k": {}, "f:z": {} },
        "f:metadata": { "f:labels": { ".": {}, "f:a": {} } },
      },
    },
  ]);
  expect(JSON.stringify(entries![0]!.fieldsV1)).toBe(
    '{"f:data":{".":{},"f:k":{},"f:z":{}},"f:metadata":{"f:labels":{".":{},"f:a":{}}}}',
  );
});

test("items of lists are told apart by their keys, which come with their defaults", () => {
  const service = decoded(services, {
    metadata: { name: "s" },
    spec: { selector: { a: "b" }, ports: [{ port: 443 }, { port: 80, protocol: "UDP" }] },
  });
  const [entry] = fieldManagerOf(services).recordCreate(service, writer("m"))!;
  expect(Object.keys((entry!.fieldsV1 as { "f:spec": { "f:ports": object } })["f:spec"]["f:ports"])).toEqual([
    ".",
    'k:{"port":80,"protocol":"UDP"}',
    'k:{"port":443,"protocol":"TCP"}',
  ]);
  // An atomic map is owned as a whole.
  expect(entry!.fieldsV1).toHaveProperty(["f:spec", "f:selector"], {});
});

test("an update gives the writer what it changed and takes it from the others", () => {
  const manager = fieldManagerOf(deployments);
  const created = deployment(spec);
  const live = deployment(spec, { managedFields: manager.recordCreate(created, writer("one")) });
  const updated = deployment({ ...spec, replicas: 5 }, { managedFields: live.metadata.managedFields });
  const entries = manager.recordUpdate(live, updated, writer("two", "", 5))!;
  expect(entries.map(({ manager, time }) => [manager, time])).toEqual([
    ["one", "2026-11-21T14:00:00Z"],
    ["two", "2026-11-21T14:00:05Z"],
  ]);
  expect(entries[1]!.fieldsV1).toEqual({ "f:spec": { "f:replicas": {} } });
  expect(entries[0]!.fieldsV1).not.toHaveProperty(["f:spec", "f:replicas"]);
  expect(entries[0]!.fieldsV1).toHaveProperty(["f:spec", "f:selector"]);
});

test("an update that changes nothing keeps the list and its times", () => {
  const manager = fieldManagerOf(deployments);
  const live = deployment(spec, { managedFields: manager.recordCreate(deployment(spec), writer("one")) });
  expect(manager.recordUpdate(live, deployment(spec), writer("two", "", 9))).toBe(live.metadata.managedFields);
});

test("a writer that sends status through the resource does not own it; through /status it owns only that", () => {
  const manager = fieldManagerOf(deployments);
  const status = { replicas: 3, conditions: [{ type: "Available", status: "True" }] };
  const full = (object: Deployment) => ({
    ...object,
    status: decoded(deployments, { metadata: {}, spec, status }).status,
  });
  const live = deployment(spec, { managedFields: manager.recordCreate(full(deployment(spec)), writer("one")) });
  expect(live.metadata.managedFields![0]!.fieldsV1).not.toHaveProperty("f:status");
  const entries = manager.recordUpdate(live, full(deployment({ ...spec, replicas: 9 })), writer("two", "status"))!;
  expect(entries.find(entry => entry.subresource === "status")!.fieldsV1).toEqual({
    "f:status": {
      "f:conditions": {
        ".": {},
        'k:{"type":"Available"}': {
          ".": {},
          "f:lastTransitionTime": {},
          "f:lastUpdateTime": {},
          "f:status": {},
          "f:type": {},
        },
      },
      "f:replicas": {},
    },
  });
});

test("[{}] forgets every manager, and then updates are not recorded", () => {
  const manager = fieldManagerOf(deployments);
  const live = deployment(spec, { managedFields: manager.recordCreate(deployment(spec), writer("one")) });
  const reset = { ...deployment(spec), metadata: { name: "web", managedFields: [{}] } };
  expect(manager.recordUpdate(live, reset, writer("two"))).toBeUndefined();
  const forgotten = deployment(spec);
  expect(manager.recordUpdate(forgotten, deployment({ ...spec, replicas: 7 }), writer("two"))).toBeUndefined();
});

test("managedFields that are none count as not sent", () => {
  const manager = fieldManagerOf(deployments);
  const live = deployment(spec, { managedFields: manager.recordCreate(deployment(spec), writer("one")) });
  const entry = { manager: "x", operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1" };
  for (const bad of [
    { fieldsV1: { "f:spec": null } },
    { fieldsV1: { spec: {} } },
    { fieldsV1: {}, operation: "Nope" },
  ]) {
    const sent = { ...deployment(spec), metadata: { name: "web", managedFields: [{ ...entry, ...bad }] } };
    expect(manager.recordUpdate(live, sent, writer("two"))).toBe(live.metadata.managedFields);
  }
});

test("beyond ten updaters the oldest become one", () => {
  const manager = fieldManagerOf(configMaps);
  const data: Record<string, string> = {};
  let live = decoded(configMaps, { metadata: { name: "c" } });
  for (let index = 0; index < 12; index++) {
    data[`k${index}`] = "v";
    const updated = decoded(configMaps, { metadata: { name: "c" }, data });
    const entries =
      index === 0
        ? manager.recordCreate(updated, writer("m0"))
        : manager.recordUpdate(live, updated, writer(`m${index}`, "", index));
    live = decoded(configMaps, { metadata: { name: "c", managedFields: entries }, data });
  }
  const names = live.metadata.managedFields!.map(entry => entry.manager);
  expect(names).toHaveLength(10);
  expect(names[0]).toBe("ancient-changes");
  expect(live.metadata.managedFields![0]!.fieldsV1).toEqual({
    "f:data": { ".": {}, "f:k0": {}, "f:k1": {}, "f:k2": {} },
  });
});

test("apply creates, and the same again changes nothing", () => {
  const created = apply(undefined, "alice", { spec });
  expect(entriesOf(created.object)).toEqual([
    {
      manager: "alice",
      operation: "Apply",
      apiVersion: "apps/v1",
      time: "2026-11-21T14:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: {
        "f:spec": {
          "f:replicas": {},
          "f:selector": {},
          "f:template": {
            "f:metadata": { "f:labels": { "f:app": {} } },
            "f:spec": {
              "f:containers": {
                'k:{"name":"web"}': {
                  ".": {},
                  "f:image": {},
                  "f:name": {},
                  "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
                },
              },
            },
          },
        },
      },
    },
  ]);
  expect(apply(stored(deployments, created), "alice", { spec }).changed).toBe(false);
});

test("another spelling of what is stored changes nothing", () => {
  const container = { name: "web", image: "web:1", command: [], resources: { limits: { cpu: "1000m" } } };
  const body = { spec: { ...spec, template: { ...spec.template, spec: { containers: [container] } } } };
  const live = stored(deployments, apply(undefined, "alice", body));
  expect(live.spec.template.spec!.containers[0]!.resources).toEqual({ limits: { cpu: "1" } });
  expect(apply(live, "alice", body)).toMatchObject({ changed: false });
});

test("a field of another applier is a conflict, an equal value is shared, force takes it", () => {
  const live = stored(deployments, apply(undefined, "alice", { spec }));
  const other = { spec: { ...spec, replicas: 5 } };
  expect(refusal(() => apply(live, "bob", other))).toMatchObject({
    message: 'Apply failed with 1 conflict: conflict with "alice": .spec.replicas',
    reason: "Conflict",
    details: {
      causes: [{ reason: "FieldManagerConflict", message: 'conflict with "alice"', field: ".spec.replicas" }],
    },
    code: 409,
  });
  const shared = apply(live, "bob", { spec: { replicas: 2 } });
  expect(fieldsOf(shared.object, "bob")).toEqual({ "f:spec": { "f:replicas": {} } });
  expect(fieldsOf(shared.object, "alice")).toHaveProperty(["f:spec", "f:replicas"]);
  const forced = apply(live, "bob", other, true);
  expect(fieldsOf(forced.object, "alice")).not.toHaveProperty(["f:spec", "f:replicas"]);
  expect((forced.object as { spec: { replicas: number } }).spec.replicas).toBe(5);
});

test("a conflict with an updater names its version, several are listed by manager", () => {
  const manager = fieldManagerOf(deployments);
  const live = deployment(spec, {
    managedFields: manager.recordCreate(deployment(spec), writer("kubectl-client-side-apply")),
  });
  expect(refusal(() => apply(live, "bob", { spec: { replicas: 7, paused: true } })).message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
  );
  const containers = [{ name: "web", image: "web:2" }];
  const two = { spec: { replicas: 7, template: { spec: { containers } } } };
  expect(refusal(() => apply(live, "bob", two)).message).toBe(
    'Apply failed with 2 conflicts: conflicts with "kubectl-client-side-apply" using apps/v1:\n' +
      '- .spec.replicas\n- .spec.template.spec.containers[name="web"].image',
  );
});

test("what is no longer applied goes, unless somebody else owns it", () => {
  const sidecar = { name: "side", image: "side:1" };
  const both = { ...spec.template.spec, containers: [...spec.template.spec.containers, sidecar] };
  const first = stored(
    deployments,
    apply(undefined, "alice", { spec: { ...spec, template: { ...spec.template, spec: both } } }),
  );
  const without = apply(first, "alice", { spec: { ...spec, replicas: undefined } });
  const { spec: left } = without.object as unknown as typeof first;
  expect(left.replicas).toBeUndefined();
  expect(left.template.spec!.containers.map(({ name }) => name)).toEqual(["web"]);

  const bob = { spec: { template: { spec: { containers: [{ name: "side", image: "side:1" }] } } } };
  const shared = stored(deployments, apply(first, "bob", bob));
  const after = apply(shared, "alice", { spec }).object as unknown as typeof first;
  expect(after.spec.template.spec!.containers.map(({ name }) => name)).toEqual(["web", "side"]);
});

test("an item's fields of another manager survive when its applier drops the rest", () => {
  const live = stored(deployments, apply(undefined, "alice", { spec }));
  const env = { spec: { template: { spec: { containers: [{ name: "web", env: [{ name: "E", value: "1" }] }] } } } };
  const withEnv = stored(deployments, apply(live, "bob", env));
  const noPorts = structuredClone(spec) as { template: { spec: { containers: { ports?: unknown }[] } } };
  delete noPorts.template.spec.containers[0]!.ports;
  const { spec: after } = apply(withEnv, "alice", { spec: noPorts }).object as unknown as typeof live;
  expect(after.template.spec!.containers[0]).toMatchObject({ name: "web", image: "web:1", env: [{ name: "E" }] });
  expect(after.template.spec!.containers[0]!.ports ?? null).toBeNull();
});

test("kubectl takes over from client-side apply what did not change since", () => {
  const manager = fieldManagerOf(deployments);
  const applied = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec };
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(applied) };
  const created = deployment(spec, { annotations });
  const entries = manager.recordCreate(created, writer("kubectl-client-side-apply"));
  const live = deployment(spec, { annotations, managedFields: entries });
  const changed = apply(live, "kubectl", { spec: { ...spec, replicas: 8 } });
  expect((changed.object as { spec: { replicas: number } }).spec.replicas).toBe(8);
  const { metadata } = changed.object as unknown as typeof live;
  expect(metadata.annotations!["kubectl.kubernetes.io/last-applied-configuration"]).toContain('"replicas":8');
  expect(refusal(() => apply(live, "other", { spec: { ...spec, replicas: 8 } })).code).toBe(409);
});

test("what had no managers before the first apply belongs to one made for it", () => {
  expect(refusal(() => apply(deployment(spec), "alice", { spec: { ...spec, replicas: 3 } })).message).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
  );
});

test("a body that does not fit is refused in upstream's words", () => {
  const container = (fields: object) => ({ spec: { template: { spec: { containers: [{ name: "a", ...fields }] } } } });
  const wrong = (body: object) => refusal(() => apply(undefined, "m", body)).message;
  const head = "failed to create typed patch object (/web; apps/v1, Kind=Deployment): ";
  expect(wrong({ spec: { replicas: "two" } })).toBe(
    `${head}.spec.replicas: expected numeric (int or float), got string`,
  );
  expect(wrong({ spec: { nosuch: 1 } })).toBe(`${head}.spec.nosuch: field not declared in schema`);
  expect(wrong(container({ ports: [{ containerPort: 1 }, { containerPort: 1 }] }))).toBe(
    `${head}.spec.template.spec.containers[name="a"].ports: duplicate entries for key [containerPort=1,protocol="TCP"]`,
  );
  expect(wrong(container({ env: [{ name: "E", value: 8080 }] }))).toBe(
    `${head}.spec.template.spec.containers[name="a"].env[name="E"].value: expected string, got &value.valueUnstructured{Value:8080}`,
  );
  expect(wrong({ metadata: { managedFields: [] } })).toBe("metadata.managedFields must be nil");
  expect(wrong({ apiVersion: undefined })).toBe("invalid object type: /, Kind=Deployment");
  expect(wrong({ apiVersion: "v1", kind: "Pod" })).toBe("invalid object type: /v1, Kind=Pod");
});
