import { describe, expect, test } from "vitest";
import { tokenRequestType } from "#api/authentication.k8s.io/v1/token-request.ts";
import { leases } from "#api/coordination.k8s.io/v1/lease.ts";
import { namespaces } from "#api/core/v1/namespace.ts";
import { nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import type { ResourceDefinition } from "#api/resource.ts";
import { rootCause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import { seededRandom } from "#base/random.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { ObjectCaches } from "#testing/object-caches.ts";
import type { AdmissionRequest, User } from "../attributes.ts";
import { createAuthorizer } from "../authz/authorizer.ts";
import { admissionPlugins } from "./plugins.ts";

const jane: User = { name: "jane", groups: ["dev"] };
const n1: User = { name: "system:node:n1", groups: ["system:nodes"] };

function world() {
  const caches = new ObjectCaches()
    .set(namespaces, { metadata: { name: "shop" }, spec: {} })
    .set(namespaces, { metadata: { name: "kube-node-lease" }, spec: {} })
    .set(namespaces, { metadata: { name: "old" }, spec: {}, status: { phase: "Terminating" } })
    .set(serviceAccounts, { metadata: { name: "default", namespace: "shop" }, imagePullSecrets: [{ name: "hub" }] })
    .set(serviceAccounts, { metadata: { name: "quiet", namespace: "shop" }, automountServiceAccountToken: false })
    .set(pods, pod({ nodeName: "n1" }, { name: "mine", uid: "u1" }))
    .set(pods, pod({ nodeName: "n2" }, { name: "theirs", uid: "u2" }));
  /** A clock on which waiting costs nothing: what is awaited in these tests never comes. */
  const clock: Clock = Object.assign(new VirtualClock(0), { sleep: async () => undefined });
  const plugins = admissionPlugins({
    caches,
    clock,
    random: seededRandom(1),
    authorizer: createAuthorizer({ caches }),
  });
  return async (request: AdmissionRequest) => {
    const concerned = plugins.filter(plugin => plugin.handles(request));
    for (const plugin of concerned) await plugin.admit?.(request);
    for (const plugin of concerned) await plugin.validate?.(request);
    return request.object as Pod;
  };
}

function pod(spec: object = {}, metadata: object = {}): Pod {
  const containers = [{ name: "main", image: "x" }];
  return { metadata: { name: "p", namespace: "shop", ...metadata }, spec: { containers, ...spec } };
}

function request<T extends { metadata: object }>(
  operation: AdmissionRequest["operation"],
  resource: ResourceDefinition<never> | object,
  given: { object?: T | object; old?: object; user?: User; namespace?: string; name?: string; subresource?: string },
): AdmissionRequest {
  const definition = resource as ResourceDefinition;
  const { user = jane, namespace = "shop", name = "", subresource = "" } = given;
  return {
    attributes: {
      user,
      isResourceRequest: true,
      verb: operation.toLowerCase(),
      path: "",
      group: definition.group,
      version: definition.version,
      resource: definition.plural,
      subresource,
      namespace,
      name,
    },
    operation,
    resource: definition,
    object: given.object as AdmissionRequest["object"],
    old: given.old as AdmissionRequest["old"],
    dryRun: false,
    cause: rootCause("0".repeat(32)),
  };
}

describe("namespaces", () => {
  test.each([
    ["nowhere", "CREATE", 404, 'namespaces "nowhere" not found'],
    [
      "old",
      "CREATE",
      403,
      'pods "p" is forbidden: unable to create new content in namespace old because it is being terminated',
    ],
  ] as const)("in %s %s: %i", async (namespace, operation, code, message) => {
    const made = world()(request(operation, pods, { object: pod({}, { namespace }), namespace }));
    await expect(made).rejects.toMatchObject({ code, message });
  });

  test("the refusal in an ending namespace has a cause that clients ask for", async () => {
    const made = world()(request("CREATE", pods, { object: pod(), namespace: "old" }));
    await expect(made).rejects.toMatchObject({
      status: {
        details: {
          causes: [
            {
              reason: "NamespaceTerminating",
              message: "namespace old is being terminated",
              field: "metadata.namespace",
            },
          ],
        },
      },
    });
  });

  test("system namespaces cannot be deleted, others can", async () => {
    const remove = (name: string) => world()(request("DELETE", namespaces, { name, namespace: name }));
    await expect(remove("kube-system")).rejects.toThrow(
      'namespaces "kube-system" is forbidden: this namespace may not',
    );
    await expect(remove("shop")).resolves.toBeUndefined();
  });
});

describe("pods", () => {
  const create = (object: Pod, user = jane) => world()(request("CREATE", pods, { object, user }));

  test("get the default account, its token and pull secrets, priority and tolerations", async () => {
    const { spec } = await create(pod());
    const name = spec.volumes![0]!.name;
    expect(name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(spec).toMatchObject({
      serviceAccountName: "default",
      serviceAccount: "default",
      imagePullSecrets: [{ name: "hub" }],
      priority: 0,
      preemptionPolicy: "PreemptLowerPriority",
    });
    expect(spec.containers[0]!.volumeMounts).toEqual([
      { name, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
    ]);
    expect(spec.volumes![0]!.projected).toEqual({
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 420,
    });
    expect(spec.tolerations).toEqual([
      { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
    ]);
  });

  test("keep what they say themselves", async () => {
    const mount = { name: "own", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" };
    const { spec } = await create(
      pod({
        containers: [{ name: "main", volumeMounts: [mount] }],
        imagePullSecrets: [{ name: "mine" }],
        priorityClassName: "system-node-critical",
        tolerations: [{ operator: "Exists" }],
      }),
    );
    expect(spec.containers[0]!.volumeMounts).toEqual([mount]);
    expect(spec.volumes).toBeUndefined();
    expect(spec.imagePullSecrets).toEqual([{ name: "mine" }]);
    expect(spec.priority).toBe(2_000_001_000);
    expect(spec.tolerations).toEqual([{ operator: "Exists" }]);
  });

  test.each([
    ["the account", pod({ serviceAccountName: "quiet" })],
    ["the pod", pod({ automountServiceAccountToken: false })],
  ])("have no token when %s does not want it", async (_who, object) => {
    expect((await create(object)).spec.volumes).toBeUndefined();
  });

  test.each([
    [{ serviceAccountName: "none" }, 'error looking up service account shop/none: serviceaccount "none" not found'],
    [{ priorityClassName: "high" }, "no PriorityClass with name high was found"],
    [{ priority: 7 }, "the integer value of priority (7) must not be provided in pod spec"],
  ])("%o: %s", async (spec, message) => {
    await expect(create(pod(spec))).rejects.toMatchObject({ code: 403 });
    await expect(create(pod(spec))).rejects.toThrow(`pods "p" is forbidden: ${message}`);
  });

  test("a kubelet makes mirror pods of its own only", async () => {
    const metadata = (name: string) => ({
      annotations: { "kubernetes.io/config.mirror": "x" },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid: "n" }],
    });
    await expect(create(pod({ nodeName: "n1" }), n1)).rejects.toThrow('node "n1" can only create mirror pods');
    await expect(create(pod({ nodeName: "n2" }, metadata("n1")), n1)).rejects.toThrow("set to itself");
    await expect(create(pod({ nodeName: "n1" }, metadata("n2")), n1)).rejects.toThrow("owner reference set to itself");
    const own = await create(pod({ nodeName: "n1" }, metadata("n1")), n1);
    expect(own.spec.serviceAccountName).toBeUndefined();
    const reading = { nodeName: "n1", volumes: [{ name: "v", secret: { secretName: "tls" } }] };
    await expect(create(pod(reading, metadata("n1")), n1)).rejects.toThrow(
      "can not create pods that reference secrets",
    );
  });
});

describe("kubelets", () => {
  const node = (labels: object = {}, spec: object = {}, name = "n1") => ({ metadata: { name, labels }, spec });
  const zone = { "topology.kubernetes.io/zone": "a" };
  const bound = (name: string, uid: string) => ({
    object: {
      ...tokenRequestType,
      metadata: {},
      spec: { boundObjectRef: { kind: "Pod", apiVersion: "v1", name, uid } },
    },
    subresource: "token",
    name: "default",
  });
  const status = (name: string, node: string, labels = {}) => ({
    name,
    subresource: "status",
    old: pod({ nodeName: node }, { name }),
    object: pod({ nodeName: node }, { name, labels }),
  });

  test.each<[string, AdmissionRequest, string | undefined]>([
    ["make their Node", request("CREATE", nodes, { user: n1, namespace: "", object: node(zone) }), undefined],
    [
      "make another Node",
      request("CREATE", nodes, { user: n1, namespace: "", object: node({}, {}, "n2") }),
      'node "n1" is not allowed to modify node "n2"',
    ],
    [
      "label freely",
      request("CREATE", nodes, { user: n1, namespace: "", object: node({ "node-role.kubernetes.io/x": "" }) }),
      "is not allowed to set the following labels: node-role.kubernetes.io/x",
    ],
    [
      "label",
      request("UPDATE", nodes, { user: n1, name: "n1", namespace: "", object: node({ a: "b" }), old: node() }),
      undefined,
    ],
    [
      "taint",
      request("UPDATE", nodes, {
        user: n1,
        name: "n1",
        namespace: "",
        object: node({}, { taints: [{ key: "a", effect: "NoSchedule" }] }),
        old: node(),
      }),
      'node "n1" is not allowed to modify taints',
    ],
    ["delete own pods", request("DELETE", pods, { user: n1, name: "mine" }), undefined],
    [
      "delete others' pods",
      request("DELETE", pods, { user: n1, name: "theirs" }),
      'node "n1" can only delete pods with spec.nodeName set to itself',
    ],
    ["own pod status", request("UPDATE", pods, { user: n1, ...status("mine", "n1") }), undefined],
    [
      "others' pod status",
      request("UPDATE", pods, { user: n1, ...status("theirs", "n2") }),
      "can only update pod status for pods with spec.nodeName set to itself",
    ],
    [
      "labels by status",
      request("UPDATE", pods, { user: n1, ...status("mine", "n1", { a: "b" }) }),
      "cannot update labels through pod status",
    ],
    ["token of own pod", request("CREATE", serviceAccounts, { user: n1, ...bound("mine", "u1") }), undefined],
    [
      "token of others' pod",
      request("CREATE", serviceAccounts, { user: n1, ...bound("theirs", "u2") }),
      "node requested token bound to a pod scheduled on a different node",
    ],
    [
      "token of no pod",
      request("CREATE", serviceAccounts, { user: n1, subresource: "token", object: { metadata: {}, spec: {} } }),
      "node requested token not bound to a pod",
    ],
  ])("%s", async (_what, asked, message) => {
    const answered = world()(asked);
    if (message === undefined) await answered;
    else await expect(answered).rejects.toThrow(message);
  });

  test("keep their own lease only", async () => {
    const lease = (name: string) =>
      world()(
        request("UPDATE", leases, { user: n1, name, namespace: "kube-node-lease", object: { metadata: { name } } }),
      );
    await lease("n1");
    await expect(lease("n2")).rejects.toThrow("can only access node lease with the same name as the requesting node");
  });

  test("a new Node takes no pods yet", async () => {
    const made = await world()(request("CREATE", nodes, { user: n1, namespace: "", object: node() }));
    expect((made as { spec: object }).spec).toEqual({
      taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }],
    });
  });
});

test("roles grant no more than their writer has, and a change of labels grants nothing", async () => {
  const role = { metadata: { name: "r" }, rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }] };
  const made = world()(request("CREATE", clusterRoles, { namespace: "", object: role }));
  await expect(made).rejects.toThrow(
    'clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=["dev"]) is attempting to grant',
  );
  const labelled = { ...role, metadata: { name: "r", labels: { a: "b" } } };
  await world()(request("UPDATE", clusterRoles, { namespace: "", name: "r", object: labelled, old: role }));
});
