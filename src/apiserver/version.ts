import { kubernetesRelease, kubernetesVersion } from "#base/version.ts";
import type { ApiServerOptions } from "./options.ts";

/** The body of /version, in upstream's order. */
export function versionInfo(options: Pick<ApiServerOptions, "version" | "gitCommit" | "gitTreeState" | "buildDate">) {
  const [major = "", minor = ""] = kubernetesRelease.split(".");
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: kubernetesVersion(options.version),
    gitCommit: options.gitCommit ?? "",
    gitTreeState: options.gitTreeState ?? "clean",
    buildDate: options.buildDate ?? "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "linux/amd64",
  };
}
