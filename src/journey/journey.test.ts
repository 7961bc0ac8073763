import { describe, expect, it } from "vitest";
import { renderTrace } from "./render.ts";
import { SpanRing } from "./ring.ts";
import type { Span } from "./span.ts";
import { traceOf } from "./trace.ts";

const id = "0".repeat(32);
const span = (
  component: string,
  name: string,
  startMs: number,
  durationMs: number,
  more: Partial<Span> = {},
): Span => ({ component, name, startMs, durationMs, ...more });
const because = (...revisions: number[]) => ({ requestId: id, revisions, more: 0 });
const deployment = { resource: "deployments", namespace: "default", name: "hello", uid: "u1" };

const story: readonly Span[] = [
  span("apiserver", "create deployments", 1000, 1, {
    subject: deployment,
    revision: 10,
    user: "alice",
    cause: because(),
    attributes: { protocol: "HTTP/2.0", encoding: "json" },
  }),
  span("deployment-controller", "reconcile", 1001.5, 2, {
    cause: because(10),
    decision: "new ReplicaSet with 1 replica",
  }),
  span("apiserver", "create replicasets", 1002, 1, {
    subject: { resource: "replicasets", namespace: "default", name: "hello-1" },
    revision: 11,
    cause: because(10),
  }),
  span("apiserver", "create pods", 1004, 1, {
    subject: { resource: "pods", namespace: "default", name: "hello-1-a" },
    revision: 12,
    cause: because(11),
  }),
  span("scheduler", "schedule", 1006, 0.4, { cause: because(12), decision: "node-1: 1 of 1 nodes fit" }),
  span("apiserver", "bind pods", 1006.5, 1, {
    subject: { resource: "pods", namespace: "default", name: "hello-1-a" },
    revision: 13,
    cause: because(12),
  }),
  span("kubelet", "sync pod", 1008, 50, { node: "node-1", cause: because(12, 13) }),
  span("cri", "RunPodSandbox", 1009, 20, { node: "node-1", cause: because(13) }),
  span("cni", "CNI ADD", 1012, 9, { node: "node-1", cause: because(13) }),
  span("apiserver", "update deployments", 5000, 1, {
    subject: deployment,
    revision: 20,
    cause: because(),
    user: "bob",
  }),
  span("apiserver", "create deployments", 900, 1, {
    subject: { ...deployment, name: "other" },
    revision: 9,
    cause: because(),
  }),
];

describe("a trace", () => {
  it("follows causes from the client's write to the last step", () => {
    const trace = traceOf(story, deployment)!;
    expect(renderTrace(trace)).toEqual([
      "deployments/hello in default: 9 steps in 58.0 ms",
      "",
      "     at     took",
      "   0.0 ms    1.0 ms  apiserver: create deployments hello, revision 10, by alice, HTTP/2.0, json",
      "   1.5 ms    2.0 ms  └ deployment-controller: reconcile, new ReplicaSet with 1 replica",
      "   2.0 ms    1.0 ms    └ apiserver: create replicasets hello-1, revision 11",
      "   4.0 ms    1.0 ms      └ apiserver: create pods hello-1-a, revision 12",
      "   6.0 ms    0.4 ms        ├ scheduler: schedule, node-1: 1 of 1 nodes fit",
      "   6.5 ms    1.0 ms        └ apiserver: bind pods hello-1-a, revision 13",
      "   8.0 ms   50.0 ms          └ kubelet@node-1: sync pod",
      "   9.0 ms   20.0 ms            └ cri@node-1: RunPodSandbox",
      "  12.0 ms    9.0 ms              └ cni@node-1: CNI ADD",
      "",
      "other changes from outside: 20 (update); --revision N tells theirs",
    ]);
  });

  it("puts a write below the reconcile that made it, also where reconciles overlap", () => {
    const write = (resource: string, by: string, startMs: number, revision: number) =>
      span("apiserver", `update ${resource}`, startMs, 2, {
        subject: { resource, namespace: "default", name: "hello" },
        user: `system:serviceaccount:kube-system:${by}`,
        revision,
        cause: because(10),
      });
    const service = { resource: "services", namespace: "default", name: "hello" };
    const overlapping = [
      story[0]!,
      span("replicaset-controller", "reconcile replicasets", 1002, 30, { cause: because(10) }),
      span("endpoint-controller", "reconcile services", 1004, 20, { subject: service, cause: because(10) }),
      write("replicasets", "replicaset-controller", 1010, 11),
      write("endpoints", "endpoint-controller", 1012, 12),
      write("pods", "replicaset-controller", 1028, 13),
    ];
    const [root] = [traceOf(overlapping, deployment)!.root];
    expect(root.children.map(({ span, children }) => [span.name, children.map(each => each.span.name)])).toEqual([
      ["reconcile replicasets", ["update replicasets", "update pods"]],
      ["reconcile services", ["update endpoints"]],
    ]);
  });

  it("puts what goes on at the same time beside each other", () => {
    const onNode = (component: string, name: string, startMs: number, durationMs: number) =>
      span(component, name, startMs, durationMs, { node: "node-1", cause: because(10) });
    const pod = [
      story[0]!,
      onNode("kubelet", "sync pod", 1002, 100),
      onNode("kubelet", "mount volumes", 1003, 40),
      onNode("kubelet", "RunPodSandbox", 1004, 20),
      onNode("cri", "RunPodSandbox", 1005, 18),
      onNode("cni", "CNI ADD", 1023, 30),
      onNode("kubelet", "ImageStatus", 1025, 3),
    ];
    expect(renderTrace(traceOf(pod, deployment)!).slice(4)).toEqual([
      "   2.0 ms    100 ms  └ kubelet@node-1: sync pod",
      "   3.0 ms   40.0 ms    ├ kubelet@node-1: mount volumes",
      "   4.0 ms   20.0 ms    ├ kubelet@node-1: RunPodSandbox",
      "   5.0 ms   18.0 ms    │ └ cri@node-1: RunPodSandbox",
      "  23.0 ms   30.0 ms    ├ cni@node-1: CNI ADD",
      "  25.0 ms    3.0 ms    └ kubelet@node-1: ImageStatus",
    ]);
  });

  it("tells another change when it is asked for", () => {
    expect(traceOf(story, deployment, { revision: 20 })!.root.span.user).toBe("bob");
    expect(traceOf(story, deployment, { revision: 11 })).toBeUndefined();
  });

  it("is not there for an object nobody wrote", () => {
    expect(traceOf(story, { ...deployment, uid: "u2" })).toBeUndefined();
  });

  it("ends where the later life of the object begins", () => {
    const late = span("kubelet", "restart container", 200_000, 1, { cause: because(13) });
    expect(traceOf([...story, late], deployment)!.endMs).toBe(58);
  });
});

describe("the ring", () => {
  it("keeps the newest and tells what came since", () => {
    const ring = new SpanRing(3);
    for (let at = 0; at < 5; at++) ring.record(span("c", `s${at}`, at, 0));
    expect(ring.since(0).map(each => each.name)).toEqual(["s2", "s3", "s4"]);
    expect(ring.since(4).map(each => each.name)).toEqual(["s4"]);
    expect(ring.position).toBe(5);
  });
});
