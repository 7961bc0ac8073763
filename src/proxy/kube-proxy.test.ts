import { describe, expect, test } from "vitest";
import { services } from "#api/core/v1/service.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import type { Helper } from "#base/helper.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { silentLog } from "#base/log.ts";
import type { Span } from "#journey/span.ts";
import { ObjectClient } from "#testing/object-client.ts";
import { createKubeProxy } from "./kube-proxy.ts";
import { service, slice } from "./samples.ts";

const options = { nodeName: "n1", nodeIp: "198.18.0.2", podCidr: "10.244.1.0/24", serviceCidr: "10.96.0.0/16" };

function world() {
  const objects = new ObjectClient();
  const runs: { argv: string; input: string }[] = [];
  const spans: Span[] = [];
  const answers = { exitCode: 0 };
  const helper = {
    run: async (argv: readonly string[], { input = "" } = {}) => {
      runs.push({ argv: argv.join(" "), input: String(input) });
      return { exitCode: answers.exitCode, stdout: "", stderr: "refused" };
    },
  } as Helper;
  const recorder = { record: (span: Span) => void spans.push(span) };
  const deps = { client: objects.client, helper, clock: systemClock(), log: silentLog, recorder };
  return { objects, runs, spans, answers, proxy: createKubeProxy(deps, options) };
}

describe("kube-proxy", () => {
  test("writes the whole table once, then what changed, and says why", async () => {
    const { objects, runs, spans, proxy } = world();
    objects.set(services, service({})).set(endpointSlices, slice(["10.244.2.2@n2"]));
    const end = new AbortController();
    const running = proxy.run(end.signal);
    await expect.poll(() => proxy.healthy).toBe(true);
    expect(runs[0]!.input).toContain("delete table ip k8ts");
    expect(runs[0]!.input).toContain("10.96.0.50 . tcp . 80 . 0 : 10.244.2.2 . 8080");
    objects.set(endpointSlices, slice(["10.244.2.2@n2", "10.244.2.3@n2"]));
    await expect.poll(() => runs).toHaveLength(2);
    expect(runs[1]!.input).not.toContain("delete table");
    expect(runs[1]!.input).toContain("10.96.0.50 . tcp . 80 . 1 : 10.244.2.3 . 8080");
    await expect.poll(() => spans).toHaveLength(2);
    expect(spans[1]).toMatchObject({
      component: "kube-proxy",
      node: "n1",
      subject: { resource: "services", namespace: "shop", name: "web" },
      cause: { revisions: [4] },
    });
    proxy.setHostPorts([{ protocol: "TCP", hostPort: 8443, podIp: "10.244.1.7", containerPort: 443 }]);
    await expect.poll(() => runs).toHaveLength(3);
    expect(runs[2]!.input).toContain("add element ip k8ts hp { tcp . 8443 : 10.244.1.7 . 443 }");
    end.abort();
    await running;
  });

  test("after a refusal all rules are written again", async () => {
    const { objects, runs, answers, proxy } = world();
    const end = new AbortController();
    const running = proxy.run(end.signal);
    await expect.poll(() => proxy.healthy).toBe(true);
    answers.exitCode = 1;
    objects.set(services, service({})).set(endpointSlices, slice(["10.244.2.2@n2"]));
    await expect.poll(() => proxy.healthy).toBe(false);
    answers.exitCode = 0;
    await expect.poll(() => proxy.healthy).toBe(true);
    expect(runs.at(-1)!.input).toContain("delete table ip k8ts");
    expect(runs.at(-1)!.input).toContain("10.244.2.2 . 8080");
    end.abort();
    await running;
  });
});
