import type { ApiServerOptions } from "./options.ts";

/** The Kubernetes release whose behaviour this server has. */
export const kubernetesVersion = "1.37.2";

/** The body of /version, in upstream's order. */
export function versionInfo(options: Pick<ApiServerOptions, "version" | "gitCommit" | "gitTreeState" | "buildDate">) {
  const [major = "", minor = ""] = kubernetesVersion.split(".");
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${kubernetesVersion}+k8ts.${options.version}`,
    gitCommit: options.gitCommit ?? "",
    gitTreeState: options.gitTreeState ?? "clean",
    buildDate: options.buildDate ?? "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "linux/amd64",
  };
}
