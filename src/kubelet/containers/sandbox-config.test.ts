import { expect, test } from "vitest";
import type { Pod } from "#api/core/v1/pod.ts";
import { sandboxConfig } from "./sandbox-config.ts";

const options = {
  podLogsFolder: "/var/log/pods",
  nodeName: "node-1",
  clusterDns: ["10.96.0.10"],
  clusterDomain: "cluster.local",
  resolvConf: "",
};

function hostnameOf(spec: Partial<Pod["spec"]>): string | undefined {
  const metadata = { name: "web-0", namespace: "default", uid: "u" };
  return sandboxConfig({ metadata, spec: { containers: [], ...spec } }, 0, options).hostname;
}

test("a pod's host name is its full one where it asks for that and has a subdomain", () => {
  expect(hostnameOf({ subdomain: "web" })).toBe("web-0");
  expect(hostnameOf({ setHostnameAsFQDN: true })).toBe("web-0");
  expect(hostnameOf({ setHostnameAsFQDN: true, subdomain: "web" })).toBe("web-0.web.default.svc.cluster.local");
  expect(() => hostnameOf({ setHostnameAsFQDN: true, subdomain: "w".repeat(40) })).toThrow(
    "is too long (64 is the max",
  );
});
