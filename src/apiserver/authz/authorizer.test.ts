import { describe, expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { pods } from "#api/core/v1/pod.ts";
import { type ClusterRole, clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import { clusterRoleBindings } from "#api/rbac.authorization.k8s.io/v1/cluster-role-binding.ts";
import { roles } from "#api/rbac.authorization.k8s.io/v1/role.ts";
import { roleBindings } from "#api/rbac.authorization.k8s.io/v1/role-binding.ts";
import { ObjectCaches } from "#testing/object-caches.ts";
import type { Attributes, User } from "../attributes.ts";
import { createAuthorizer } from "./authorizer.ts";
import { bootstrapPolicy } from "./bootstrap-policy.ts";
import { aggregationEscalation, bindingEscalation, roleEscalation } from "./escalation.ts";
import { denialMessage } from "./messages.ts";
import { reconcileBinding, reconcileRole } from "./reconcile.ts";
import { reviewOwnRules, reviewSubjectAccess } from "./reviews.ts";

const users: Readonly<Record<string, User>> = {
  master: { name: "root", groups: ["system:masters"] },
  admin: { name: "kubernetes-admin", groups: ["kubeadm:cluster-admins", "system:authenticated"] },
  jane: { name: "jane", groups: ["dev", "system:authenticated"] },
  anonymous: { name: "system:anonymous", groups: ["system:unauthenticated"] },
  scheduler: { name: "system:kube-scheduler", groups: ["system:authenticated"] },
  n1: { name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] },
  web: { name: "system:serviceaccount:shop:web", groups: ["system:serviceaccounts", "system:authenticated"] },
};

const editShop = {
  metadata: { name: "devs", namespace: "shop" },
  subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "dev" }],
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
};
const reader = {
  metadata: { name: "reader", namespace: "shop" },
  rules: [{ verbs: ["get"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["settings"] }],
};
const webReads = {
  metadata: { name: "web-reads", namespace: "shop" },
  subjects: [{ kind: "ServiceAccount", name: "web" }],
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
};
const podOnN1 = {
  metadata: { name: "web-0", namespace: "shop" },
  spec: {
    nodeName: "n1",
    serviceAccountName: "web",
    containers: [{ name: "c", env: [{ name: "X", valueFrom: { secretKeyRef: { name: "env-secret", key: "k" } } }] }],
    volumes: [{ name: "v", secret: { secretName: "tls" } }],
  },
};

function world() {
  const caches = new ObjectCaches();
  const policy = bootstrapPolicy();
  for (const role of policy.clusterRoles) caches.set(clusterRoles, role);
  for (const role of policy.roles) caches.set(roles, role);
  const authorizer = createAuthorizer({ caches });
  for (const binding of policy.clusterRoleBindings) caches.set(clusterRoleBindings, binding);
  caches.set(roleBindings, editShop).set(roles, reader).set(roleBindings, webReads);
  caches.set(pods, podOnN1 as never);
  return { caches, authorizer };
}

/** `jane list apps/deployments/scale @shop :name ?field=selector`. */
function ask(text: string): Attributes {
  const [who, verb, what, ...rest] = text.split(" ");
  const part = (mark: string) => rest.find(word => word.startsWith(mark))?.slice(1) ?? "";
  const isPath = what!.startsWith("/");
  const slash = what!.split("/");
  return {
    user: users[who!]!,
    isResourceRequest: !isPath,
    verb: verb!,
    path: isPath ? what! : "",
    group: isPath ? "" : slash[0] === "core" ? "" : slash[0]!,
    version: "v1",
    resource: isPath ? "" : slash[1]!,
    subresource: isPath ? "" : (slash[2] ?? ""),
    namespace: part("@"),
    name: part(":"),
    fieldSelector: part("?"),
  };
}

describe("who may do what", () => {
  const { authorizer } = world();
  test.each([
    ["master delete core/nodes :n1", true],
    ["admin delete core/nodes :n1", true],
    ["admin get /metrics", true],
    ["jane get /healthz", true],
    ["jane get /apis/apps", true],
    ["jane get /metrics", false],
    ["anonymous get /version", true],
    ["anonymous get /api", false],
    ["jane create apps/deployments @shop", true],
    ["jane patch apps/deployments/scale @shop :x", true],
    ["jane get core/pods/log @shop :x", true],
    ["jane create apps/deployments @other", false],
    ["jane list apps/deployments", false],
    ["jane create rbac.authorization.k8s.io/roles @shop", false],
    ["web get core/configmaps @shop :settings", true],
    ["web get core/configmaps @shop :others", false],
    ["web list core/configmaps @shop", false],
    ["scheduler create core/pods/binding @shop :x", true],
    ["scheduler create core/pods @shop", false],
    ["n1 get core/secrets @shop :tls", true],
    ["n1 get core/secrets @shop :env-secret", true],
    ["n1 get core/secrets @shop :other", false],
    ["n1 get core/secrets @other :tls", false],
    ["n1 list core/secrets @shop", false],
    ["n1 create core/serviceaccounts/token @shop :web", true],
    ["n1 create core/serviceaccounts/token @shop :default", false],
    ["n1 list core/pods ?spec.nodeName=n1", true],
    ["n1 list core/pods ?spec.nodeName=n2", false],
    ["n1 list core/pods", false],
    ["n1 get core/pods @shop :web-0", true],
    ["n1 get core/pods @shop :elsewhere", false],
    ["n1 patch core/pods/status @shop :web-0", true],
    ["n1 create core/pods/exec @shop :web-0", false],
    ["n1 patch core/nodes/status :n1", true],
    ["n1 patch core/nodes/status :n2", false],
    ["n1 get core/nodes :n2", false],
    ["n1 update coordination.k8s.io/leases @kube-node-lease :n1", true],
    ["n1 update coordination.k8s.io/leases @kube-node-lease :n2", false],
    ["n1 update coordination.k8s.io/leases @kube-system :n1", false],
    ["n1 list core/services", true],
  ])("%s: %s", (text, allowed) => {
    expect(authorizer.authorize(ask(text)).type === "allow").toBe(allowed);
  });

  test("reasons and messages", () => {
    expect(authorizer.authorize(ask("jane create apps/deployments @shop")).reason).toBe(
      'RBAC: allowed by RoleBinding "devs/shop" of ClusterRole "edit" to Group "dev"',
    );
    expect(denialMessage(ask("jane list apps/deployments"))).toBe(
      'User "jane" cannot list resource "deployments" in API group "apps" at the cluster scope',
    );
    expect(denialMessage(ask("jane get core/pods/log @a :x"))).toBe(
      'User "jane" cannot get resource "pods/log" in API group "" in the namespace "a"',
    );
    expect(denialMessage(ask("jane get /metrics"))).toBe('User "jane" cannot get path "/metrics"');
  });
});

describe("the index follows the caches", () => {
  test("a deleted binding, a changed subject, a deleted pod take effect at once", () => {
    const { caches, authorizer } = world();
    const may = (text: string) => authorizer.authorize(ask(text)).type === "allow";
    caches.set(roleBindings, { ...editShop, subjects: [{ kind: "User", name: "other" }] });
    expect(may("jane create apps/deployments @shop")).toBe(false);
    caches.set(roleBindings, editShop);
    expect(may("jane create apps/deployments @shop")).toBe(true);
    caches.delete(roleBindings, editShop);
    expect(may("jane create apps/deployments @shop")).toBe(false);
    caches.delete(pods, podOnN1 as never);
    expect(may("n1 get core/secrets @shop :tls")).toBe(false);
  });

  test("a binding to a role that is gone says so", () => {
    const { caches, authorizer } = world();
    caches.delete(roles, reader);
    expect(authorizer.authorize(ask("web get core/configmaps @shop :settings")).reason).toBe(
      'RBAC: role.rbac.authorization.k8s.io "reader" not found',
    );
  });
});

describe("escalation", () => {
  const { authorizer } = world();
  const rules = [{ verbs: ["get", "list"], apiGroups: ["", "batch"], resources: ["pods", "nodes"] }];
  test("a role may hold no more than its writer has", () => {
    expect(roleEscalation(authorizer, users["jane"]!, { namespace: "shop", name: "r", rules })).toBe(
      [
        'user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
        '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
        '{APIGroups:["batch"], Resources:["nodes"], Verbs:["get" "list"]}',
        '{APIGroups:["batch"], Resources:["pods"], Verbs:["get" "list"]}',
      ].join("\n"),
    );
    expect(roleEscalation(authorizer, users["admin"]!, { namespace: "", name: "r", rules })).toBeUndefined();
    expect(aggregationEscalation(authorizer, users["jane"]!, { name: "r" })).toContain("cluster-admin privileges");
    expect(aggregationEscalation(authorizer, users["admin"]!, { name: "r" })).toBeUndefined();
  });

  test("a binding grants no more than its writer has", () => {
    const ref = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
    const bind = (user: string, name: string) =>
      bindingEscalation(authorizer, users[user]!, "shop", ref("ClusterRole", name));
    expect(bind("jane", "view")).toBeUndefined();
    expect(bind("jane", "admin")).toContain("is attempting to grant RBAC permissions not currently held");
    expect(bind("jane", "nothing")).toBe('clusterrole.rbac.authorization.k8s.io "nothing" not found');
    expect(bind("admin", "cluster-admin")).toBeUndefined();
  });
});

test("reviews", () => {
  const { authorizer } = world();
  const resourceAttributes = { verb: "list", resource: "pods", namespace: "shop" };
  expect(reviewSubjectAccess(authorizer, { user: "jane", groups: ["dev"], resourceAttributes })).toMatchObject({
    allowed: true,
  });
  expect(reviewSubjectAccess(authorizer, { user: "eve", resourceAttributes })).toEqual({ allowed: false });
  const own = reviewOwnRules(authorizer.rbac, users["web"]!, "shop");
  expect(own.incomplete).toBe(false);
  expect(own.resourceRules).toContainEqual({ ...reader.rules[0] });
  expect(reviewOwnRules(authorizer.rbac, users["n1"]!, "shop").incomplete).toBe(true);
});

describe("bootstrap policy", () => {
  const find = (name: string) => bootstrapPolicy().clusterRoles.find(role => role.metadata.name === name)!;
  test("admin holds what edit and view hold", () => {
    const texts = (name: string) => find(name).rules.map(rule => JSON.stringify(rule));
    expect(texts("admin")).toEqual(expect.arrayContaining(texts("edit")));
    expect(texts("edit")).toEqual(expect.arrayContaining(texts("view")));
    expect(texts("view").length).toBeGreaterThan(5);
  });

  test("a controller's role holds its access and what upstream's has", () => {
    const access = { get: [pods], watch: [pods, { resource: pods, subresource: "status" }] };
    const policy = bootstrapPolicy([{ name: "new-controller", access }]);
    const role = policy.clusterRoles.find(({ metadata }) => metadata.name === "system:controller:new-controller")!;
    expect(role.rules).toEqual([
      { verbs: ["get", "watch"], apiGroups: [""], resources: ["pods"] },
      { verbs: ["watch"], apiGroups: [""], resources: ["pods/status"] },
      { verbs: ["create", "patch", "update"], apiGroups: [""], resources: ["events"] },
      { verbs: ["create", "patch", "update"], apiGroups: ["events.k8s.io"], resources: ["events"] },
    ]);
    const binding = policy.clusterRoleBindings.find(b => b.metadata.name === role.metadata.name)!;
    expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name: "new-controller", namespace: "kube-system" }]);
  });

  test("controllers that act as one account share its role", () => {
    const shared = (name: string, access: object) => ({ name, account: "new-account", access });
    const policy = bootstrapPolicy([shared("a", { get: [pods] }), shared("b", { delete: [configMaps] })]);
    const names = policy.clusterRoles.map(({ metadata }) => metadata.name);
    expect(names).not.toContain("system:controller:a");
    const role = policy.clusterRoles.find(({ metadata }) => metadata.name === "system:controller:new-account")!;
    expect(role.rules).toEqual(
      expect.arrayContaining([
        { verbs: ["get"], apiGroups: [""], resources: ["pods"] },
        { verbs: ["delete"], apiGroups: [""], resources: ["configmaps"] },
      ]),
    );
  });

  test("reconciling adds what is missing and keeps what was added", () => {
    const wanted = find("system:coredns");
    const extra = { verbs: ["get"], apiGroups: [""], resources: ["nodes"] };
    expect(reconcileRole(undefined, wanted)).toEqual({ type: "create", object: wanted });
    expect(reconcileRole({ ...wanted, rules: [...wanted.rules, extra] }, wanted)).toEqual({ type: "none" });
    const lost: ClusterRole = { ...wanted, rules: [wanted.rules[0]!, extra] };
    expect(reconcileRole(lost, wanted)).toMatchObject({
      type: "update",
      object: { rules: [wanted.rules[0], extra, { resources: ["endpointslices"], verbs: ["list", "watch"] }] },
    });
    const off: ClusterRole = {
      ...lost,
      metadata: { annotations: { "rbac.authorization.kubernetes.io/autoupdate": "false" } },
    };
    expect(reconcileRole(off, wanted)).toEqual({ type: "none" });
    const other = { ...editShop, roleRef: { ...editShop.roleRef, name: "view" } };
    expect(reconcileBinding(other, editShop)).toEqual({ type: "replace", object: editShop });
    expect(reconcileBinding({ ...editShop, subjects: [] }, editShop)).toEqual({ type: "update", object: editShop });
  });
});
