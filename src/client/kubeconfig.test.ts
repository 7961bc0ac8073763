import { load } from "js-yaml";
import { expect, test } from "vitest";
import { mergeKubeconfig, removeFromKubeconfig } from "./kubeconfig.ts";

const entry = {
  name: "k8ts",
  server: "https://198.18.0.2:6443",
  certificateAuthority: "CA",
  clientCertificate: "CERT",
  clientKey: "KEY",
};

const foreign = `apiVersion: v1
kind: Config
current-context: work
preferences: {colors: true}
clusters:
- {name: work, cluster: {server: "https://work", proxy-url: "http://proxy"}}
users:
- {name: me, user: {exec: {command: login}}}
contexts:
- {name: work, context: {cluster: work, user: me, namespace: team}}
`;

test("makes a file of nothing that kubectl can use", () => {
  expect(load(mergeKubeconfig("", entry))).toEqual({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "k8ts", cluster: { server: entry.server, "certificate-authority-data": btoa("CA") } }],
    users: [{ name: "k8ts", user: { "client-certificate-data": btoa("CERT"), "client-key-data": btoa("KEY") } }],
    contexts: [{ name: "k8ts", context: { cluster: "k8ts", user: "k8ts" } }],
    "current-context": "k8ts",
  });
});

test("keeps what is not ours, replaces what is, and comes off without a trace", () => {
  const once = mergeKubeconfig(foreign, entry);
  const again = mergeKubeconfig(once, { ...entry, server: "https://new" });
  const merged = load(again) as { clusters: { name: string; cluster: { server: string } }[] };
  expect(merged.clusters.map(({ name, cluster }) => [name, cluster.server])).toEqual([
    ["work", "https://work"],
    ["k8ts", "https://new"],
  ]);
  const removed = load(removeFromKubeconfig(again, "k8ts"));
  expect(removed).toEqual({ ...(load(foreign) as object), "current-context": "" });
});

test("what is no kubeconfig is refused", () => {
  expect(() => mergeKubeconfig("- a", entry)).toThrow("not a YAML mapping");
});
