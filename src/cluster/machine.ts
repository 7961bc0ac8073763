import { access, constants, readFile } from "node:fs/promises";
import { UserError } from "./error.ts";
import { run } from "./shell.ts";

/** A tool that a cluster needs, and the Debian package it comes in. */
const tools: readonly { readonly path: string; readonly package: string }[] = [
  { path: "ip", package: "iproute2" },
  { path: "nft", package: "nftables" },
  { path: "runc", package: "runc" },
  { path: "conmon", package: "conmon" },
  { path: "conntrack", package: "conntrack" },
  { path: "socat", package: "socat" },
  { path: "nsenter", package: "util-linux" },
  { path: "setpriv", package: "util-linux" },
  { path: "unshare", package: "util-linux" },
  { path: "mount", package: "mount" },
  { path: "busybox", package: "busybox-static" },
  { path: "/usr/lib/cni/bridge", package: "containernetworking-plugins" },
  { path: "/usr/lib/cni/host-local", package: "containernetworking-plugins" },
];

const searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Throws UserError where this machine cannot hold a cluster at all. */
export async function checkMachine(): Promise<void> {
  if (process.platform !== "linux")
    throw new UserError(`this machine runs ${process.platform}: k8ts makes clusters on Linux only`);
  if (process.getuid?.() !== 0)
    throw new UserError("k8ts makes network namespaces and mounts, which only root may: run it with sudo");
  const filesystems = await readFile("/proc/filesystems", "utf8");
  if (
    !/\boverlay\b/.test(filesystems) &&
    (await run(["modprobe", "overlay"]).catch(() => ({ exitCode: 1 }))).exitCode !== 0
  )
    throw new UserError(
      "this kernel has no overlayfs, which containers need: load the module overlay or use another kernel",
    );
}

/** Debian packages whose tools are not here. */
export async function missingPackages(): Promise<readonly string[]> {
  const found = await Promise.all(tools.map(async tool => ((await isInstalled(tool.path)) ? undefined : tool.package)));
  return [...new Set(found.filter(name => name !== undefined))];
}

async function isInstalled(tool: string): Promise<boolean> {
  const candidates = tool.startsWith("/") ? [tool] : searchPath.map(folder => `${folder}/${tool}`);
  const found = await Promise.all(
    candidates.map(path =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Installs Debian packages. Throws UserError with apt's last words, or where there is no apt. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  if (!(await isInstalled("apt-get")))
    throw new UserError(
      `missing: ${packages.join(", ")} (names of Debian packages): install them with this system's package manager`,
    );
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages];
  let result = await run(install, { environment });
  if (result.exitCode !== 0) {
    await run(["apt-get", "update", "-qq"], { environment });
    result = await run(install, { environment });
  }
  if (result.exitCode !== 0)
    throw new UserError(
      `apt-get install ${packages.join(" ")} failed: ${result.stderr.trim().split("\n").at(-1) ?? "no message"}`,
    );
}
