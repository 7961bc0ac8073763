import { expect, test } from "vitest";
import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { containerResources, podLimits } from "./resources.ts";

const mebi = 1024 ** 2;
const container = (name: string, limits?: Record<string, string>): Container => ({
  name,
  image: "web:1",
  ...(limits && { resources: { limits, requests: limits } }),
});
const pod = (spec: Partial<Pod["spec"]>): Pod => ({
  metadata: { name: "p", namespace: "default" },
  spec: { containers: [container("main", { cpu: "100m", memory: "20Mi" })], ...spec },
});

test("a pod has room for its largest init container, and for all that run at once", () => {
  const first = container("first", { cpu: "1", memory: "200Mi" });
  const side = { ...container("side", { cpu: "100m", memory: "10Mi" }), restartPolicy: "Always" };
  expect(podLimits(pod({ initContainers: [first] }), 0)).toEqual({
    ...{ cpuShares: 1024, cpuQuotaUs: 100_000, cpuPeriodUs: 100_000, memoryBytes: 200 * mebi },
  });
  expect(podLimits(pod({ initContainers: [side] }), 0)).toMatchObject({ cpuQuotaUs: 20_000, memoryBytes: 30 * mebi });
});

test("a pod is unlimited where one of its containers is", () => {
  const limits = podLimits(pod({ initContainers: [container("first", { cpu: "1" })] }), 0);
  expect(limits.memoryBytes).toBeUndefined();
  expect(limits.cpuQuotaUs).toBe(100_000);
});

test("what a pod as a whole may use limits it, and each container that has no limit of its own", () => {
  const own = container("own", { memory: "5Mi" });
  const limited = pod({ resources: { limits: { memory: "20Mi" } }, containers: [container("free"), own] });
  expect(podLimits(limited, 0).memoryBytes).toBe(20 * mebi);
  const memoryOf = (each: Container) => containerResources(limited, each, 1024 * mebi).memoryLimitInBytes;
  expect(limited.spec.containers.map(memoryOf)).toEqual([20 * mebi, 5 * mebi]);
});
