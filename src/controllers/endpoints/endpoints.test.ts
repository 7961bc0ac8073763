import { expect, test } from "vitest";
import { type Endpoints, endpoints } from "#api/core/v1/endpoints.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { endpointsController } from "./endpoints.ts";
import { addressLimit, planSubsets } from "./plan-subsets.ts";

const service = {
  metadata: { namespace: "default", name: "web" },
  spec: {
    selector: { app: "web" },
    clusterIP: "10.96.0.9",
    ipFamilies: ["IPv4"],
    ports: [{ port: 80, targetPort: "http" }],
  },
} as Service;

const pod = (name: string, ip: string, { ready = true, port = 8080 } = {}) =>
  ({
    metadata: { namespace: "default", name, labels: { app: "web" } },
    spec: { containers: [{ name: "c", ports: [{ name: "http", containerPort: port }] }] },
    status: { phase: "Running", podIPs: [{ ip }], conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  }) as Pod;

const ips = (addresses: readonly { readonly ip: string }[] | undefined) => addresses?.map(({ ip }) => ip);

test("pods whose named port differs make subsets of their own; ready and other addresses are kept apart", () => {
  const all = [
    pod("b", "10.0.0.2"),
    pod("c", "10.0.0.3", { ready: false }),
    pod("a", "10.0.0.1"),
    pod("d", "10.0.0.4", { port: 90 }),
  ];
  const { subsets, truncated } = planSubsets(service, all);
  expect(truncated).toBe(false);
  expect(subsets.map(subset => [ips(subset.addresses), ips(subset.notReadyAddresses), subset.ports![0]!.port])).toEqual(
    [
      [["10.0.0.1", "10.0.0.2"], ["10.0.0.3"], 8080],
      [["10.0.0.4"], undefined, 90],
    ],
  );
});

test("what is beyond the limit is cut off, addresses that are not ready first", () => {
  const ready = Array.from({ length: addressLimit }, (_, at) => pod(`p${at}`, `10.0.${at >> 8}.${at & 255}`));
  const { subsets, truncated } = planSubsets(service, [pod("late", "10.9.9.9", { ready: false }), ...ready]);
  expect(truncated).toBe(true);
  expect(subsets).toHaveLength(1);
  expect(subsets[0]!.addresses).toHaveLength(addressLimit);
  expect(subsets[0]!.notReadyAddresses).toBeUndefined();
});

test("a Service that is gone takes its Endpoints along, and leaves those that somebody else made", async () => {
  await using fixture = await runFixture([endpointsController]);
  const { api, settle } = fixture;
  await api.client.create(endpoints, { metadata: { namespace: "default", name: "lock" }, subsets: [] } as Endpoints);
  await api.client.create(services, service);
  await settle();
  const names = () => api.list(endpoints).map(({ metadata }) => metadata.name);
  expect(names()).toEqual(["lock", "web"]);
  await api.client.delete(services, { namespace: "default", name: "web" });
  await settle();
  expect(names()).toEqual(["lock"]);
});
