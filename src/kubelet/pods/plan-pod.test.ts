import { describe, expect, test } from "vitest";
import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { CrashBackoff } from "./crash-backoff.ts";
import { type PodPlan, planPod } from "./plan-pod.ts";
import type { RuntimeContainer, RuntimePod } from "./runtime-pod.ts";

const now = 1_000_000;

function pod(spec: Partial<Pod["spec"]>): Pod {
  return {
    metadata: { name: "web", namespace: "default", uid: "u1" },
    spec: { containers: [{ name: "a", image: "a:1" }], ...spec },
  };
}

function run(name: string, state: RuntimeContainer["state"], more: Partial<RuntimeContainer> = {}): RuntimeContainer {
  return {
    id: `${name}-${more.restartCount ?? 0}`,
    name,
    sandboxId: "s",
    restartCount: 0,
    state,
    createdAtMs: now - 60_000,
    startedAtMs: now - 60_000,
    finishedAtMs: state === "exited" ? now - 1_000 : 0,
    exitCode: 0,
    reason: "",
    message: "",
    image: "",
    imageId: "",
    hash: "",
    logPath: "",
    user: undefined,
    ...more,
  };
}

function runtime(
  containers: readonly RuntimeContainer[],
  sandbox: { ready: boolean } | undefined = { ready: true },
): RuntimePod {
  const box = { id: "s", attempt: 0, createdAtMs: now - 60_000, ips: ["10.0.0.2"], hostNetwork: false };
  return {
    uid: "u1",
    name: "web",
    namespace: "default",
    containers,
    sandboxes: sandbox ? [{ ...box, ...sandbox }] : [],
  };
}

interface Extra {
  readonly started?: readonly string[];
  readonly failed?: Readonly<Record<string, "liveness" | "startup">>;
  readonly backoff?: CrashBackoff;
  readonly hash?: string;
}

function plan(of: Pod, observed: RuntimePod, extra: Extra = {}): PodPlan {
  return planPod({
    pod: of,
    runtime: observed,
    nowMs: now,
    backoff: extra.backoff ?? new CrashBackoff({ initialMs: 10_000, maximumMs: 300_000 }),
    health: { started: id => extra.started?.includes(id) ?? true, failed: id => extra.failed?.[id] },
    hashOf: () => extra.hash ?? "",
  });
}

const names = (result: PodPlan) => result.start.map(({ container }) => container.name);
const none = { ...runtime([]), sandboxes: [] };
const sidecar: Container = { name: "side", image: "s:1", restartPolicy: "Always" };
const init = (name: string): Container => ({ name, image: "i:1" });

describe("a new pod", () => {
  test("gets a sandbox and all its containers", () => {
    const result = plan(pod({ containers: [init("a"), init("b")] }), none);
    expect(result.createSandbox).toBe(0);
    expect(names(result)).toEqual(["a", "b"]);
  });

  test("gets only its first init container", () => {
    expect(names(plan(pod({ initContainers: [init("i1"), init("i2")] }), none))).toEqual(["i1"]);
  });
});

describe("a container that was made and never started", () => {
  test("makes way, and counts as no run", () => {
    const before = run("a", "exited", { restartCount: 2, exitCode: 1 });
    const made = run("a", "created", { restartCount: 3 });
    const result = plan(pod({}), runtime([made, before]));
    expect(result.remove).toEqual([made]);
    expect(result.start).toMatchObject([{ container: { name: "a" }, restartCount: 3 }]);
  });

  test("keeps no debug container from being started", () => {
    const of = pod({ ephemeralContainers: [{ name: "debug", image: "d:1" }] });
    const result = plan(of, runtime([run("debug", "created"), run("a", "running")]));
    expect(result.remove).toMatchObject([{ name: "debug" }]);
    expect(names(result)).toEqual(["debug"]);
  });
});

describe("init containers", () => {
  const two = pod({ initContainers: [init("i1"), init("i2")] });

  test.each<[string, readonly RuntimeContainer[], readonly string[]]>([
    ["wait while one runs", [run("i1", "running")], []],
    ["go on after a success", [run("i1", "exited")], ["i2"]],
    ["try again after a failure", [run("i1", "exited", { exitCode: 1 })], ["i1"]],
    ["let the containers start when all are done", [run("i2", "exited"), run("i1", "exited")], ["a"]],
    ["are not run again once a container ran", [run("a", "running")], []],
  ])("%s", (_, containers, expected) => expect(names(plan(two, runtime(containers)))).toEqual(expected));

  test("that fail end a pod that never restarts", () => {
    const result = plan(
      pod({ initContainers: [init("i1")], restartPolicy: "Never" }),
      runtime([run("i1", "exited", { exitCode: 1 })]),
    );
    expect(result).toMatchObject({ finished: true, stopAll: true, start: [] });
  });
});

describe("sidecars", () => {
  const of = pod({ initContainers: [sidecar, init("i2")], restartPolicy: "Never" });

  test("hold the next one back until they have started", () => {
    expect(names(plan(of, runtime([run("side", "running")]), { started: [] }))).toEqual([]);
    expect(names(plan(of, runtime([run("side", "running")]), { started: ["side-0"] }))).toEqual(["i2"]);
  });

  test("are started again whatever the pod's restart policy", () => {
    const result = plan(of, runtime([run("a", "running"), run("i2", "exited"), run("side", "exited")]));
    expect(result.start).toMatchObject([{ container: { name: "side" }, restartCount: 1 }]);
  });

  test("do not keep a pod whose containers are done", () => {
    const result = plan(of, runtime([run("a", "exited"), run("i2", "exited"), run("side", "running")]));
    expect(result).toMatchObject({ finished: true, stopAll: true });
  });
});

describe("a container that ended", () => {
  test.each<[NonNullable<Pod["spec"]["restartPolicy"]>, number, boolean]>([
    ["Always", 0, true],
    ["Always", 1, true],
    ["OnFailure", 0, false],
    ["OnFailure", 1, true],
    ["Never", 1, false],
  ])("restartPolicy %s, exit code %i: started again %s", (restartPolicy, exitCode, again) => {
    const result = plan(pod({ restartPolicy }), runtime([run("a", "exited", { exitCode })]));
    expect(names(result)).toEqual(again ? ["a"] : []);
    expect(result.finished).toBe(!again);
  });

  test("follows its own restart rules before the pod's policy", () => {
    const rule = { action: "Restart", exitCodes: { operator: "In", values: [42] } };
    const containers = [{ name: "a", image: "a:1", restartPolicy: "Never", restartPolicyRules: [rule] }];
    const of = pod({ containers, restartPolicy: "Never" });
    expect(names(plan(of, runtime([run("a", "exited", { exitCode: 42 })])))).toEqual(["a"]);
    expect(names(plan(of, runtime([run("a", "exited", { exitCode: 41 })])))).toEqual([]);
  });

  test("waits from its second restart on", () => {
    const backoff = new CrashBackoff({ initialMs: 10_000, maximumMs: 300_000 });
    backoff.restarted("a", now - 3_000, now - 3_000);
    const result = plan(pod({}), runtime([run("a", "exited", { exitCode: 1, restartCount: 1 })]), { backoff });
    expect(result.start).toEqual([]);
    expect(result.wait).toMatchObject([
      { untilMs: now + 9_000, message: "back-off 10s restarting failed container=a pod=web_default(u1)" },
    ]);
    expect(result.finished).toBe(false);
  });
});

describe("a running container", () => {
  test("is killed when its liveness probe gave up", () => {
    const result = plan(pod({}), runtime([run("a", "running")]), { failed: { "a-0": "liveness" } });
    expect(result.kill).toMatchObject([
      { cause: "liveness", message: "Container a failed liveness probe, will be restarted" },
    ]);
  });

  test("is killed when it was made from another spec", () => {
    const result = plan(pod({}), runtime([run("a", "running", { hash: "old" })]), { hash: "new" });
    expect(result.kill).toMatchObject([{ cause: "changed" }]);
  });

  test("is left alone otherwise", () => {
    expect(plan(pod({}), runtime([run("a", "running")]))).toEqual({
      stopAll: false,
      createSandbox: undefined,
      remove: [],
      kill: [],
      start: [],
      wait: [],
      finished: false,
    });
  });
});

describe("a sandbox that is gone", () => {
  test("takes everything with it before a new one is made", () => {
    const result = plan(pod({}), runtime([run("a", "running")], { ready: false }));
    expect(result).toMatchObject({ stopAll: true, createSandbox: 1, start: [] });
  });

  test("is not made again for a pod that has had its only run", () => {
    const result = plan(pod({ restartPolicy: "Never" }), runtime([run("a", "exited")], { ready: false }));
    expect(result).toMatchObject({ createSandbox: undefined, finished: true });
  });
});

test("back-off doubles to its maximum and is forgotten after twice that time", () => {
  const backoff = new CrashBackoff({ initialMs: 10_000, maximumMs: 40_000 });
  expect(backoff.notBefore("a", 0, 0)).toBeUndefined();
  const delays = [];
  let at = 0;
  for (let round = 0; round < 4; round++) {
    backoff.restarted("a", at, at);
    const wait = backoff.notBefore("a", at + 1, at + 1)!;
    delays.push(wait.delayMs);
    at = wait.atMs;
  }
  expect(delays).toEqual([10_000, 20_000, 40_000, 40_000]);
  expect(backoff.notBefore("a", at + 80_001, at + 80_001)).toBeUndefined();
});
