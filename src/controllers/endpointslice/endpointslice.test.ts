import { expect, test } from "vitest";
import { endpoints } from "#api/core/v1/endpoints.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { type EndpointSlice, endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { endpointsController } from "../endpoints/endpoints.ts";
import { endpointSliceController } from "./endpointslice.ts";
import { planSlices } from "./plan-slices.ts";

const service = (spec: object = {}): Service => ({
  metadata: { namespace: "default", name: "web", labels: { team: "a" } },
  spec: {
    selector: { app: "web" },
    clusterIP: "10.96.0.9",
    ipFamilies: ["IPv4"],
    ports: [{ name: "http", port: 80, targetPort: "web", protocol: "TCP" }],
    ...spec,
  },
});

function pod(name: string, ip: string, ready: boolean, port = 8080): Pod {
  return {
    metadata: { namespace: "default", name, labels: { app: "web" } },
    spec: {
      nodeName: "n1",
      containers: [{ name: "c", ports: [{ name: "web", containerPort: port, protocol: "TCP" }] }],
    },
    status: {
      phase: "Running",
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    },
  };
}

const both = [endpointSliceController, endpointsController];

test("a Service's pods become endpoints with conditions, node and zone; named ports are resolved", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  const labels = { "topology.kubernetes.io/zone": "z1" };
  await api.client.create(nodes, { metadata: { name: "n1", labels }, spec: {} } as Node);
  await api.client.create(pods, pod("a", "10.0.0.1", true));
  await api.client.create(pods, pod("b", "10.0.0.2", false));
  await api.client.create(services, service());
  await settle();
  const [slice] = api.list(endpointSlices);
  expect(api.list(endpointSlices)).toHaveLength(1);
  expect(slice).toMatchObject({
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    metadata: {
      labels: {
        team: "a",
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      },
      ownerReferences: [{ kind: "Service", name: "web" }],
    },
  });
  expect(
    slice!.endpoints.map(({ addresses, conditions, nodeName, zone }) => ({ addresses, ...conditions, nodeName, zone })),
  ).toEqual([
    { addresses: ["10.0.0.1"], ready: true, serving: true, terminating: false, nodeName: "n1", zone: "z1" },
    { addresses: ["10.0.0.2"], ready: false, serving: false, terminating: false, nodeName: "n1", zone: "z1" },
  ]);
  expect(api.get(endpoints, "default/web")!.subsets).toMatchObject([
    {
      addresses: [{ ip: "10.0.0.1", nodeName: "n1", targetRef: { kind: "Pod", name: "a" } }],
      notReadyAddresses: [{ ip: "10.0.0.2" }],
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    },
  ]);
});

test("a pod that becomes ready is one write; one that terminates serves on but is not ready", async () => {
  await using fixture = await runFixture([endpointSliceController], { gracefulPods: true });
  const { api, settle } = fixture;
  await api.client.create(services, service());
  await api.client.create(pods, pod("a", "10.0.0.1", false));
  await settle();
  const before = api.writes.length;
  await api.client.update(pods, { ...pod("a", "10.0.0.1", true) }, { subresource: "status" });
  await settle();
  expect(api.writes.slice(before).map(write => write.split(" ").slice(0, 2).join(" "))).toEqual([
    "update pods/status",
    "update endpointslices",
  ]);
  await api.client.delete(pods, { namespace: "default", name: "a" });
  await settle();
  expect(api.list(endpointSlices)[0]!.endpoints[0]!.conditions).toEqual({
    ready: false,
    serving: true,
    terminating: true,
  });
});

test("without pods one empty slice stands; a Service that is gone takes its Endpoints along", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(services, service());
  await settle();
  expect(api.list(endpointSlices)).toMatchObject([{ endpoints: [], ports: [] }]);
  expect(api.get(endpoints, "default/web")).toBeDefined();
  await api.client.delete(services, { namespace: "default", name: "web" });
  await settle();
  expect(api.list(endpoints)).toEqual([]);
});

test("a Service without a selector is left to its owner", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(services, service({ selector: undefined }));
  await settle();
  expect(api.list(endpointSlices)).toEqual([]);
  expect(api.list(endpoints)).toEqual([]);
});

const ports = [{ name: "", port: 80, protocol: "TCP" as const }];
const endpoint = (number: number) => ({ addresses: [`10.0.${Math.floor(number / 250)}.${number % 250}`] });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => endpoint(from + at));
const slice = (name: string, from: number, to: number): EndpointSlice => ({
  metadata: { name },
  addressType: "IPv4",
  ports,
  endpoints: range(from, to),
});

test.each([
  { name: "new ones in slices of 100", wanted: [0, 250], existing: [], create: [100, 100, 50], update: [], gone: [] },
  { name: "nothing when nothing changed", wanted: [0, 50], existing: [[0, 50]], create: [], update: [], gone: [] },
  { name: "into the slice with room", wanted: [0, 51], existing: [[0, 50]], create: [], update: [51], gone: [] },
  { name: "a full slice is left alone", wanted: [0, 101], existing: [[0, 100]], create: [1], update: [], gone: [] },
  {
    name: "an empty slice goes",
    wanted: [0, 50],
    existing: [
      [0, 50],
      [50, 60],
    ],
    create: [],
    update: [],
    gone: [10],
  },
])("$name", ({ wanted, existing, create, update, gone }) => {
  const groups = [{ ports, endpoints: range(wanted[0]!, wanted[1]!) }];
  const plan = planSlices(
    groups,
    existing.map(([from, to], at) => slice(`s${at}`, from!, to!)),
  );
  expect(plan.create.map(group => group.endpoints.length)).toEqual(create);
  expect(plan.update.map(change => change.endpoints.length)).toEqual(update);
  expect(plan.delete.map(each => each.endpoints.length)).toEqual(gone);
});

test("a slice that would go becomes the one that would be made: its name stays", () => {
  const empty: EndpointSlice = { metadata: { name: "first" }, addressType: "IPv4", ports: [], endpoints: [] };
  const filled = planSlices([{ ports, endpoints: range(0, 3) }], [empty]);
  expect(filled).toEqual({ create: [], update: [{ slice: empty, ports, endpoints: range(0, 3) }], delete: [] });

  const [one, two] = [slice("one", 0, 3), slice("two", 3, 5)];
  const emptied = planSlices([{ ports, endpoints: [] }], [one, two]);
  expect(emptied).toEqual({ create: [], update: [{ slice: one, ports: [], endpoints: [] }], delete: [two] });
  expect(planSlices([{ ports, endpoints: [] }], [empty])).toEqual({ create: [], update: [], delete: [] });
});
