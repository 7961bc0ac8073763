import { expect, test } from "vitest";
import type { Pod } from "#api/core/v1/pod.ts";
import { silentLog } from "#base/log.ts";
import { VirtualClock } from "#simulation/clock.ts";
import type { RuntimePod } from "../pods/runtime-pod.ts";
import { ProbeManager, type ProbeManagerDeps } from "./probe-manager.ts";

const probe = (path: string) => ({ httpGet: { path, port: 80 }, periodSeconds: 1 });
const pod = {
  metadata: { uid: "u", name: "p", namespace: "default" },
  spec: {
    containers: [
      {
        name: "main",
        startupProbe: { ...probe("/startup"), failureThreshold: 30 },
        readinessProbe: probe("/readiness"),
        livenessProbe: probe("/liveness"),
      },
    ],
  },
} as unknown as Pod;

function runtimePod(startedAtMs: number): RuntimePod {
  const container = { id: "c", name: "main", sandboxId: "s", restartCount: 0, state: "running", startedAtMs };
  const sandbox = { id: "s", ready: true, attempt: 0, createdAtMs: startedAtMs, ips: ["10.0.0.1"], hostNetwork: false };
  return { uid: "u", name: "p", namespace: "default", sandboxes: [sandbox], containers: [container] } as never;
}

test("liveness and readiness are not asked before the startup probe succeeded", async () => {
  const clock = new VirtualClock();
  const asked: string[] = [];
  let isUp = false;
  const network = {
    async httpGet({ url }: { readonly url: string }) {
      asked.push(new URL(url).pathname);
      return { status: isUp ? 200 : 503, body: "" };
    },
  };
  const deps = { clock, network, recorder: { record() {} }, events: { event() {} }, log: silentLog };
  const manager = new ProbeManager(deps as unknown as ProbeManagerDeps, { node: "n", changed: () => undefined });
  manager.sync(pod, runtimePod(clock.now()), undefined);
  await clock.advance(2_500);
  expect(new Set(asked)).toEqual(new Set(["/startup"]));
  isUp = true;
  await clock.advance(1_000);
  expect(new Set(asked)).toEqual(new Set(["/startup", "/readiness", "/liveness"]));
  expect(manager.ready("c")).toBe(true);
  manager.stopAll();
});

test("a probe that cannot be asked counts for nothing, and says so", async () => {
  const clock = new VirtualClock();
  const said: string[] = [];
  const events = { event: (...words: readonly unknown[]) => void said.push(String(words[4])) };
  const deps = { clock, network: {}, recorder: { record() {} }, events, log: silentLog };
  const manager = new ProbeManager(deps as unknown as ProbeManagerDeps, { node: "n", changed: () => undefined });
  const livenessProbe = { httpGet: { port: "nosuch" }, periodSeconds: 1, failureThreshold: 1 };
  const misnamed = { ...pod, spec: { containers: [{ name: "main", livenessProbe }] } } as unknown as Pod;
  manager.sync(misnamed, runtimePod(clock.now()), undefined);
  await clock.advance(5_000);
  expect(manager.failed("c")).toBeUndefined();
  expect(said[0]).toBe("Liveness probe errored and resulted in unknown state: couldn't find port: nosuch");
  manager.stopAll();
});
