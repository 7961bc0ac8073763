import { describe, expect, test } from "vitest";
import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { Service } from "#api/core/v1/service.ts";
import { podDns } from "./dns.ts";
import { containerEnvironment } from "./environment.ts";
import { expand } from "./expansion.ts";
import { containerResources, cpuShares } from "./resources.ts";
import { serviceEnvironment } from "./service-environment.ts";

const pod: Pod = {
  metadata: { name: "web-0", namespace: "shop", uid: "u", labels: { app: "web" } },
  spec: { containers: [{ name: "main" }], nodeName: "node-1", serviceAccountName: "sa" },
};

function service(name: string, namespace: string, clusterIP: string): Service {
  return { metadata: { name, namespace }, spec: { clusterIP, ports: [{ name: "http-x", port: 80, protocol: "TCP" }] } };
}

async function environment(container: Partial<Container>): Promise<Record<string, string>> {
  const result = await containerEnvironment({
    pod,
    container: { name: "main", ...container },
    services: [],
    objects: {
      configMap: async (_, name) => (name === "cm" ? { metadata: {}, data: { one: "1", two: "2" } } : undefined),
      secret: async (_, name) => (name === "s" ? { metadata: {}, data: { password: "aHVudGVyMg==" } } : undefined),
    },
    hostIps: ["192.0.2.1"],
    podIps: async () => ["10.0.0.9"],
    allocatable: { cpu: "4", memory: "8Gi" },
  });
  return Object.fromEntries(result);
}

test.each([
  ["$(A)", "1"],
  ["$$(A)", "$(A)"],
  ["x$(B)y", "x$(B)y"],
  ["$", "$"],
  ["$(A)$(A", "1$(A"],
])("%s expands to %s", (text, expected) => expect(expand(text, name => ({ A: "1" })[name])).toBe(expected));

describe("environment", () => {
  test("takes values from everywhere, later ones over earlier ones", async () => {
    const result = await environment({
      envFrom: [{ prefix: "P_", configMapRef: { name: "cm" } }],
      env: [
        { name: "P_one", value: "own" },
        { name: "BOTH", value: "$(P_one)-$(P_two)" },
        { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "password" } } },
        { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1" } } },
        { name: "NONE", valueFrom: { configMapKeyRef: { name: "other", key: "k", optional: true } } },
      ],
    });
    expect(result).toEqual({
      P_one: "own",
      P_two: "2",
      BOTH: "own-2",
      IP: "10.0.0.9",
      APP: "web",
      PASSWORD: "hunter2",
      CPU: "4",
    });
  });

  test("cannot be made when a config map is missing", async () => {
    await expect(environment({ envFrom: [{ configMapRef: { name: "other" } }] })).rejects.toMatchObject({
      reason: "CreateContainerConfigError",
      message: 'configmap "other" not found',
    });
  });
});

test("Services of the namespace and kubernetes become variables", () => {
  const all = [
    service("kubernetes", "default", "10.96.0.1"),
    service("my-db", "shop", "10.96.0.7"),
    service("x", "default", "10.96.0.8"),
  ];
  expect(Object.fromEntries(serviceEnvironment(all, "shop", true))).toMatchObject({
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    MY_DB_SERVICE_HOST: "10.96.0.7",
    MY_DB_SERVICE_PORT: "80",
    MY_DB_SERVICE_PORT_HTTP_X: "80",
    MY_DB_PORT: "tcp://10.96.0.7:80",
    MY_DB_PORT_80_TCP: "tcp://10.96.0.7:80",
    MY_DB_PORT_80_TCP_PROTO: "tcp",
    MY_DB_PORT_80_TCP_PORT: "80",
    MY_DB_PORT_80_TCP_ADDR: "10.96.0.7",
  });
  expect([...serviceEnvironment(all, "shop", false).keys()].some(name => name.startsWith("MY_DB"))).toBe(false);
});

describe("DNS", () => {
  const options = {
    clusterDns: ["10.96.0.10"],
    clusterDomain: "cluster.local",
    resolvConf: "nameserver 192.0.2.53\nsearch lan\noptions edns0",
  };

  test("ClusterFirst asks the cluster", () => {
    expect(podDns(pod, options)).toEqual({
      servers: ["10.96.0.10"],
      searches: ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "lan"],
      options: ["ndots:5"],
    });
  });

  test("Default and the node's network ask as the node does; None only what is said", () => {
    const node = { servers: ["192.0.2.53"], searches: ["lan"], options: ["edns0"] };
    expect(podDns({ ...pod, spec: { ...pod.spec, dnsPolicy: "Default" } }, options)).toEqual(node);
    expect(podDns({ ...pod, spec: { ...pod.spec, hostNetwork: true } }, options)).toEqual(node);
    const own = { nameservers: ["1.1.1.1"], options: [{ name: "ndots", value: "2" }] };
    expect(podDns({ ...pod, spec: { ...pod.spec, dnsPolicy: "None", dnsConfig: own } }, options)).toEqual({
      servers: ["1.1.1.1"],
      searches: [],
      options: ["ndots:2"],
    });
  });
});

test("resources become shares, quota and limit", () => {
  const container = { name: "main", resources: { requests: { cpu: "250m" }, limits: { cpu: "500m", memory: "64Mi" } } };
  const burstable: Pod = { ...pod, status: { qosClass: "Burstable" } };
  expect(containerResources(burstable, container, 8 * 1024 ** 3)).toEqual({
    cpuPeriod: 100_000,
    cpuQuota: 50_000,
    cpuShares: 256,
    memoryLimitInBytes: 67_108_864,
    memorySwapLimitInBytes: 67_108_864,
    oomScoreAdj: 993,
  });
  expect([cpuShares(0), cpuShares(1), cpuShares(1000)]).toEqual([2, 2, 1024]);
});
