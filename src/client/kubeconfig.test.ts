import { load } from "js-yaml";
import { expect, test } from "vitest";
import { connectionOf, currentContext, mergeKubeconfig, removeFromKubeconfig, selectContext } from "./kubeconfig.ts";

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
  const text = mergeKubeconfig("", entry);
  expect(currentContext(text)).toBe("k8ts");
  expect(connectionOf(text)).toEqual({
    server: entry.server,
    certificateAuthority: "CA",
    clientCertificate: "CERT",
    clientKey: "KEY",
  });
});

test("keeps what is not ours, replaces what is, and comes off without a trace", () => {
  const once = mergeKubeconfig(foreign, entry);
  const again = mergeKubeconfig(once, { ...entry, server: "https://new" });
  const merged = load(again) as Record<string, { name: string }[]>;
  expect(merged["clusters"]!.map(({ name }) => name)).toEqual(["work", "k8ts"]);
  expect(connectionOf(again).server).toBe("https://new");
  const removed = load(removeFromKubeconfig(again, "k8ts"));
  expect(removed).toEqual({ ...(load(foreign) as object), "current-context": "" });
});

test("selecting is left to the user when asked, and refused for contexts that are not there", () => {
  expect(currentContext(mergeKubeconfig(foreign, entry, { select: false }))).toBe("work");
  expect(currentContext(selectContext(mergeKubeconfig(foreign, entry), "work"))).toBe("work");
  expect(() => selectContext(foreign, "nope")).toThrow('no context named "nope"');
  expect(() => mergeKubeconfig("- a", entry)).toThrow("not a YAML mapping");
});
