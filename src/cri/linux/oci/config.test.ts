import { expect, test } from "vitest";
import type * as cri from "../../protocol/messages.ts";
import { capabilitiesFor, capabilitiesOfMask, capabilityNames } from "./capabilities.ts";
import { type OciInput, ociConfig, processArguments } from "./config.ts";

const files = { shm: "/s/shm", resolvConf: "/s/resolv.conf", hostname: "/s/hostname" };

function config(container: cri.ContainerConfig, change: Partial<OciInput> = {}) {
  return ociConfig({
    container: { command: ["/bin/app"], ...container },
    sandbox: {},
    image: { Env: ["PATH=/bin", "A=image"], WorkingDir: "/work" },
    user: { uid: 1, gid: 2, additionalGids: [2] },
    rootfs: "/r",
    cgroupsPath: "/k8ts/pod/c",
    cgroupVersion: 1,
    files,
    namespaces: { network: "/s/net", ipc: "/s/ipc", uts: "/s/uts" },
    hostname: "web-0",
    devices: [],
    availableCapabilities: capabilityNames.filter(name => name !== "CAP_SYS_RESOURCE"),
    lowestOomScoreAdj: 0,
    ...change,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came.
  }) as any;
}

test("command, environment, folder and user", () => {
  const { process } = config({ envs: [{ key: "A", value: Buffer.from("pod") }], tty: true });
  expect(process.args).toEqual(["/bin/app"]);
  expect(process.env).toEqual(["PATH=/bin", "HOSTNAME=web-0", "TERM=xterm", "A=pod"]);
  expect(process.cwd).toBe("/work");
  expect(process.user).toEqual({ uid: 1, gid: 2, additionalGids: [2] });
  expect(config({ workingDir: "/x" }).process.cwd).toBe("/x");
});

test.each([
  ["image only", {}, ["/entry", "cmd"]],
  ["arguments replace the image's", { args: ["a"] }, ["/entry", "a"]],
  ["a command drops the image's arguments", { command: ["/c"] }, ["/c"]],
  ["command and arguments", { command: ["/c"], args: ["a"] }, ["/c", "a"]],
])("%s", (_, container, expected) => {
  expect(processArguments(container, { Entrypoint: ["/entry"], Cmd: ["cmd"] })).toEqual(expected);
});

test("nothing to run is refused", () => {
  expect(() => processArguments({}, {})).toThrow("what to run");
});

test("capabilities", () => {
  const available = capabilityNames;
  const of = (add: string[], drop: string[], privileged = false) =>
    capabilitiesFor({ add, drop, privileged, available });
  expect(of([], [])).toHaveLength(14);
  expect(of([], ["ALL"])).toEqual([]);
  expect(of(["NET_BIND_SERVICE"], ["ALL"])).toEqual(["CAP_NET_BIND_SERVICE"]);
  expect(of(["CAP_SYS_TIME"], ["chown"])).toContain("CAP_SYS_TIME");
  expect(of(["CAP_SYS_TIME"], ["chown"])).not.toContain("CAP_CHOWN");
  expect(of(["ALL"], ["SYS_ADMIN"])).toHaveLength(capabilityNames.length - 1);
  expect(of([], [], true)).toEqual(capabilityNames);
  expect(capabilitiesOfMask("0000000000000401")).toEqual(["CAP_CHOWN", "CAP_NET_BIND_SERVICE"]);
});

test("oom_score_adj is never below what the node's own process has", () => {
  expect(config({ linux: { resources: { oomScoreAdj: -998 } } }).process.oomScoreAdj).toBe(0);
  expect(config({ linux: { resources: { oomScoreAdj: 500 } } }).process.oomScoreAdj).toBe(500);
});

test("mounts: the container's own take the standard ones' place; parents come first", () => {
  const { mounts, linux } = config({
    mounts: [
      { containerPath: "/data/deep", hostPath: "/h/deep", readonly: true },
      { containerPath: "/data", hostPath: "/h/data", propagation: "PROPAGATION_HOST_TO_CONTAINER" },
      { containerPath: "/etc/resolv.conf", hostPath: "/h/resolv.conf" },
    ],
  });
  const own = mounts.filter((mount: { source: string }) => mount.source.startsWith("/h/"));
  expect(own.map((mount: { destination: string }) => mount.destination)).toEqual([
    "/data",
    "/data/deep",
    "/etc/resolv.conf",
  ]);
  expect(own[0].options).toEqual(["rbind", "rslave", "rw"]);
  expect(own[1].options).toEqual(["rbind", "rprivate", "ro"]);
  expect(mounts.filter((mount: { destination: string }) => mount.destination === "/etc/resolv.conf")).toHaveLength(1);
  expect(mounts.find((mount: { destination: string }) => mount.destination === "/dev/shm").source).toBe("/s/shm");
  expect(linux.rootfsPropagation).toBe("rslave");
});

test("namespaces: the pod's by path, a new pid namespace; the node's are left out", () => {
  expect(config({}).linux.namespaces).toEqual([
    { type: "mount" },
    { type: "pid" },
    { type: "network", path: "/s/net" },
    { type: "ipc", path: "/s/ipc" },
    { type: "uts", path: "/s/uts" },
  ]);
  const host = config(
    { linux: { securityContext: { namespaceOptions: { pid: "NODE" } } } },
    { namespaces: {}, cgroupVersion: 2 },
  );
  expect(host.linux.namespaces).toEqual([{ type: "mount" }, { type: "cgroup" }]);
});

test("masked paths, devices and seccomp of ordinary and privileged containers", () => {
  const security = {
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    seccomp: { profileType: "RuntimeDefault" as const },
    readonlyRootfs: true,
    noNewPrivs: true,
  };
  const ordinary = config({ linux: { securityContext: security } });
  expect(ordinary.linux.maskedPaths).toEqual(["/proc/kcore"]);
  expect(ordinary.linux.resources.devices).toEqual([{ allow: false, access: "rwm" }]);
  expect(ordinary.linux.seccomp.syscalls[0].names).toContain("mount");
  expect(ordinary.root.readonly).toBe(true);
  expect(ordinary.process.noNewPrivileges).toBe(true);
  const privileged = config({ linux: { securityContext: { ...security, privileged: true } } });
  expect(privileged.linux.maskedPaths).toBeUndefined();
  expect(privileged.linux.seccomp).toBeUndefined();
  expect(privileged.linux.resources.devices).toEqual([{ allow: true, access: "rwm" }]);
  expect(config({}).linux.seccomp).toBeUndefined();
});

test("limits", () => {
  const { resources } = config({
    linux: {
      resources: {
        memoryLimitInBytes: 1 << 20,
        cpuQuota: 5000,
        cpuPeriod: 100000,
        cpuShares: 51,
        memorySwapLimitInBytes: 0,
      },
    },
  }).linux;
  expect(resources).toMatchObject({ memory: { limit: 1 << 20 }, cpu: { quota: 5000, period: 100000, shares: 51 } });
  expect(resources.memory.swap).toBeUndefined();
});
