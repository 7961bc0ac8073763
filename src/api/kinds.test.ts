import { describe, expect, test } from "vitest";
import { codecOf } from "./codec/codec.ts";
import { fieldErrorText } from "./field-error.ts";
import { resources } from "./list.ts";
import { validateCreate, validateUpdate } from "./validate.ts";

const now = Date.parse("2026-01-01T01:00:00Z");

function definitionOf(resource: string) {
  const [plural, ...group] = resource.split(".");
  const definition = resources.find(each => each.plural === plural && each.group === group.join("."));
  if (!definition) throw new Error(`no resource ${resource}`);
  return definition;
}

function read(resource: string, value: object) {
  const codec = codecOf(definitionOf(resource));
  const { object, strictErrors } = codec.decodeValue(value);
  expect(strictErrors).toEqual([]);
  codec.applyDefaults(object);
  return object;
}

const metadata = { name: "a", namespace: "default" };
const cluster = { name: "a" };
const rbac = "rbac.authorization.k8s.io";
const podTemplate = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image: "i" }] } };

describe("validation", () => {
  test.each<[string, object, string[]]>([
    [
      "configmaps",
      { metadata: { ...metadata, name: "A_b" } },
      [
        "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    ["configmaps", { metadata: { name: "a" } }, ["metadata.namespace: Required value"]],
    [
      "configmaps",
      { metadata, data: { x: "1" }, binaryData: { x: "MQ==" } },
      ['binaryData[x]: Invalid value: "x": duplicate of key present in data'],
    ],
    ["secrets", { metadata, type: "kubernetes.io/tls", data: { "tls.crt": "" } }, ["data[tls.key]: Required value"]],
    ["services", { metadata, spec: {} }, ["spec.ports: Required value"]],
    [
      "services",
      { metadata, spec: { ports: [{ port: 80 }, { port: 80, name: "b" }] } },
      ["spec.ports[0].name: Required value", 'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}'],
    ],
    [
      "services",
      { metadata, spec: { type: "Nope", ports: [{ port: 80 }] } },
      [
        'spec.type: Unsupported value: "Nope": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      "deployments.apps",
      { metadata, spec: { selector: { matchLabels: { app: "y" } }, template: podTemplate } },
      ['spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`'],
    ],
    [
      "replicationcontrollers",
      { metadata, spec: { replicas: -1, selector: { app: "y" }, template: podTemplate } },
      [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
      ],
    ],
    ["replicationcontrollers", { metadata }, ["spec.selector: Required value", "spec.template: Required value"]],
    [
      "deployments.apps",
      { metadata, spec: { replicas: -1, template: podTemplate } },
      ["spec.replicas: Invalid value: -1: must be greater than or equal to 0", "spec.selector: Required value"],
    ],
    [
      "deployments.apps",
      {
        metadata,
        spec: {
          selector: { matchLabels: { app: "x" } },
          template: podTemplate,
          strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
        },
      },
      ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"],
    ],
    [
      `roles.${rbac}`,
      { metadata, rules: [{ verbs: [], apiGroups: [""], resources: ["pods"] }] },
      ["rules[0].verbs: Required value: verbs must contain at least one value"],
    ],
    [
      `rolebindings.${rbac}`,
      { metadata, roleRef: { kind: "Rule", name: "x" }, subjects: [{ kind: "User", name: "u" }] },
      ['roleRef.kind: Unsupported value: "Rule": supported values: "Role", "ClusterRole"'],
    ],
    [
      `clusterrolebindings.${rbac}`,
      {
        metadata: { name: "a:b" },
        roleRef: { kind: "ClusterRole", name: "x" },
        subjects: [{ kind: "ServiceAccount", name: "u" }],
      },
      ["subjects[0].namespace: Required value"],
    ],
    [
      "poddisruptionbudgets.policy",
      { metadata, spec: { minAvailable: 1, maxUnavailable: "150%" } },
      [
        'spec: Invalid value: {"minAvailable":1,"maxUnavailable":"150%"}: minAvailable and maxUnavailable cannot be both set',
        'spec.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
      ],
    ],
    [
      "endpointslices.discovery.k8s.io",
      { metadata, addressType: "IPv4", endpoints: [{ addresses: ["x"] }], ports: [] },
      ['endpoints[0].addresses[0]: Invalid value: "x": must be a valid IPv4 address'],
    ],
    [
      "leases.coordination.k8s.io",
      { metadata, spec: { leaseDurationSeconds: 0 } },
      ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
    ],
    [
      "events",
      { metadata, involvedObject: { namespace: "other" } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    [
      "configmaps",
      { metadata: { ...metadata, finalizers: ["mine", "example.com/mine", "orphan"] } },
      [
        'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      "namespaces",
      { metadata: cluster, spec: { finalizers: ["kubernetes", "mine"] } },
      ['spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'],
    ],
    ["nodes", { metadata: cluster, spec: { taints: [{ key: "a" }] } }, ["spec.taints[0].effect: Required value"]],
  ])("%s %j", (resource, value, expected) => {
    expect(validateCreate(definitionOf(resource), read(resource, value)).map(fieldErrorText)).toEqual(expected);
  });

  test.each<[string, object, object, string[]]>([
    [
      "configmaps",
      { immutable: true, data: { a: "1" } },
      { immutable: true, data: { a: "2" } },
      ["data: Forbidden: field is immutable when `immutable` is set"],
    ],
    [
      `rolebindings.${rbac}`,
      { roleRef: { kind: "Role", name: "x" } },
      { roleRef: { kind: "Role", name: "y" } },
      [
        'roleRef: Invalid value: {"kind":"Role","name":"y","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef',
      ],
    ],
    ["secrets", { type: "a" }, { type: "b" }, ['type: Invalid value: "b": field is immutable']],
  ])("update of %s", (resource, before, after, expected) => {
    const stored = { ...metadata, uid: "u", resourceVersion: "1" };
    const old = read(resource, { metadata: stored, ...before });
    const object = read(resource, { metadata: stored, ...after });
    expect(validateUpdate(definitionOf(resource), object, old).map(fieldErrorText)).toEqual(expected);
  });
});

describe("defaults", () => {
  test.each<[string, object, object]>([
    ["secrets", { stringData: { a: "1" } }, { data: { a: "MQ==" }, type: "Opaque" }],
    [
      "services",
      { spec: { type: "NodePort", ports: [{ port: 80 }] } },
      {
        spec: {
          ports: [{ protocol: "TCP", port: 80, targetPort: 80 }],
          type: "NodePort",
          sessionAffinity: "None",
          externalTrafficPolicy: "Cluster",
          internalTrafficPolicy: "Cluster",
        },
      },
    ],
    [
      "namespaces",
      { metadata: { name: "x" } },
      {
        metadata: { name: "x", labels: { "kubernetes.io/metadata.name": "x" } },
        status: { phase: "Active" },
      },
    ],
    [
      `rolebindings.${rbac}`,
      { roleRef: { kind: "Role", name: "x" }, subjects: [{ kind: "Group", name: "g" }] },
      {
        subjects: [{ kind: "Group", apiGroup: rbac, name: "g" }],
        roleRef: { apiGroup: rbac, kind: "Role", name: "x" },
      },
    ],
  ])("%s", (resource, value, expected) => {
    expect(codecOf(definitionOf(resource)).toValue(read(resource, value))).toMatchObject(expected);
  });
});

describe("columns", () => {
  const cells = (resource: string, value: object) =>
    definitionOf(resource).columns.map(column => column.value(read(resource, value), { now }));
  const created = { ...metadata, creationTimestamp: "2026-01-01T00:50:30Z" };

  test.each<[string, object, unknown[]]>([
    [
      "services",
      {
        metadata: created,
        spec: {
          type: "LoadBalancer",
          clusterIP: "10.0.0.1",
          clusterIPs: ["10.0.0.1"],
          ports: [
            { port: 80, nodePort: 30080 },
            { port: 53, protocol: "UDP" },
          ],
          selector: { b: "2", a: "1" },
        },
      },
      ["LoadBalancer", "10.0.0.1", "<pending>", "80:30080/TCP,53/UDP", "9m30s", "a=1,b=2"],
    ],
    [
      "nodes",
      {
        metadata: { ...cluster, labels: { "node-role.kubernetes.io/control-plane": "" } },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: "Ready", status: "True" }],
          addresses: [{ type: "InternalIP", address: "1.2.3.4" }],
          nodeInfo: { kubeletVersion: "v1" },
        },
      },
      [
        "Ready,SchedulingDisabled",
        "control-plane",
        "<unknown>",
        "v1",
        "1.2.3.4",
        "<none>",
        "<unknown>",
        "<unknown>",
        "<unknown>",
      ],
    ],
    [
      "deployments.apps",
      {
        metadata: created,
        spec: { selector: { matchLabels: { app: "x" } }, template: podTemplate, replicas: 3 },
        status: { readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 },
      },
      ["2/3", 1, 2, "9m30s", "c", "i", "app=x"],
    ],
    [
      "endpoints",
      {
        metadata: created,
        subsets: [{ addresses: [{ ip: "1.1.1.1" }, { ip: "1.1.1.2" }], ports: [{ port: 1 }, { port: 2 }] }],
      },
      ["1.1.1.1:1,1.1.1.2:1,1.1.1.1:2 + 1 more...", "9m30s"],
    ],
    [
      "events.events.k8s.io",
      {
        metadata: created,
        regarding: { kind: "Pod", name: "p", fieldPath: "spec.containers{c}" },
        eventTime: "2026-01-01T00:59:00.000000Z",
        note: "done ",
        reason: "Done",
        type: "Normal",
        reportingController: "kubelet",
        reportingInstance: "n",
      },
      ["60s", "Normal", "Done", "pod/p", "spec.containers{c}", "kubelet, n", "done", "60s", 1],
    ],
    [
      `clusterrolebindings.${rbac}`,
      {
        metadata: cluster,
        roleRef: { kind: "ClusterRole", name: "x" },
        subjects: [
          { kind: "ServiceAccount", namespace: "n", name: "s" },
          { kind: "User", name: "u" },
        ],
      },
      ["ClusterRole/x", "<unknown>", "u", "", "n/s"],
    ],
  ])("%s", (resource, value, expected) => expect(cells(resource, value)).toEqual(expected));
});

test("both forms of an event say the same", () => {
  const definition = definitionOf("events.events.k8s.io");
  const event = read("events.events.k8s.io", {
    metadata,
    eventTime: "2026-01-01T00:59:00.000000Z",
    note: "n",
    regarding: { kind: "Pod" },
  });
  const hub = definition.convert!.toHub(event);
  expect(hub).toMatchObject({ message: "n", involvedObject: { kind: "Pod" } });
  const codec = codecOf(definition);
  expect(codec.encodeJson(definition.convert!.fromHub(hub))).toBe(codec.encodeJson(event));
});
