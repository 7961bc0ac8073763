import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, CriError } from "../services.ts";
import { createWithConmon } from "./conmon.ts";
import {
  type Container,
  findContainer,
  findSandbox,
  measured,
  nanoseconds,
  newId,
  type RuntimeContext,
  type Sandbox,
  type SpanHead,
  saveContainer,
  subjectOf,
} from "./context.ts";
import { emitEvent } from "./exits.ts";
import type { Image } from "./images/image-store.ts";
import { ociConfig } from "./oci/config.ts";
import { hostDevices, requestedDevices } from "./oci/devices.ts";
import type { Seccomp } from "./oci/seccomp.ts";
import { resolveUser } from "./oci/user.ts";
import { startTimeOf } from "./processes.ts";
import { discard } from "./remove-container.ts";
import { hostnameOf, usesNodeIpc, usesNodeNetwork } from "./sandbox-config.ts";

/** Makes a container ready to start: its root mounted, its process made and held by conmon. */
export function createContainer(
  context: RuntimeContext,
  request: cri.CreateContainerRequest,
  call: CallContext,
): Promise<cri.CreateContainerResponse> {
  const sandbox = findSandbox(context, request.podSandboxId);
  const subject = subjectOf(sandbox.record.config.metadata);
  const attributes = { container: request.config?.metadata?.name ?? "" };
  const head: SpanHead = { component: "cri", name: "CreateContainer", call, subject, attributes };
  return measured(context, head, async () => {
    if (sandbox.record.state === "stopped" || sandbox.stopping !== undefined) {
      await sandbox.network; // when it got no network, that is what to say
      throw new CriError("FailedPrecondition", `the sandbox ${sandbox.record.id} is stopped`);
    }
    const { container, image } = await newContainer(context, sandbox, request.config ?? {});
    const { id } = container.record;
    context.containers.set(id, container);
    try {
      const lowerDirs = await prepare(context, sandbox, container, image);
      const oci: SpanHead = { component: "oci", name: "runc create", call, subject, attributes };
      const pids = await measured(context, oci, () => createWithConmon(context, container, lowerDirs));
      Object.assign(container.record, pids, { pidStartTime: startTimeOf(pids.pid) });
      if (sandbox.stopping !== undefined) throw new CriError("FailedPrecondition", "the sandbox was stopped meanwhile");
      container.record.state = "created";
      saveContainer(context, container);
    } catch (error) {
      await discard(context, container);
      throw error;
    }
    emitEvent(context, container, "CONTAINER_CREATED_EVENT");
    return { containerId: id };
  });
}

async function newContainer(context: RuntimeContext, sandbox: Sandbox, config: cri.ContainerConfig) {
  const reference = config.image?.image ?? "";
  const image = await context.images.find(reference);
  if (image === undefined) throw new CriError("NotFound", `the image ${reference} is not on this node`);
  const id = newId(context.random);
  const { logDirectory } = sandbox.record.config;
  const user = await userOf(context, config, image);
  const container: Container = {
    record: {
      id,
      sandboxId: sandbox.record.id,
      config,
      imageId: image.id,
      imageRef: image.repoDigests[0] ?? image.id,
      logPath: logDirectory && config.logPath ? join(logDirectory, config.logPath) : "",
      cgroupsPath: `${podCgroup(context, sandbox.record.config)}/${id}`,
      stopSignal: stopSignalOf(config, image),
      user: { uid: user.uid, gid: user.gid, supplementalGroups: user.additionalGids },
      createdAt: nanoseconds(context.clock),
      state: "making",
      resources: config.linux?.resources ?? {},
    },
    exited: Promise.withResolvers(),
  };
  return { container, image };
}

/** The kubelet names the pod's group from the root of its own tree; ours hang under the node's. */
export function podCgroup({ options }: RuntimeContext, config: cri.PodSandboxConfig): string {
  const parent = config.linux?.cgroupParent || "/pods";
  const path = parent.startsWith("/") ? parent : `/${parent}`;
  return path.startsWith(`${options.cgroupParent}/`) ? path : join(options.cgroupParent, path);
}

function stopSignalOf(config: cri.ContainerConfig, image: Image): string {
  const asked = config.stopSignal?.replace(/^SIGNAL_/, "") ?? "";
  if (asked !== "" && asked !== "RUNTIME_DEFAULT") return asked;
  const fromImage = image.config.config?.StopSignal ?? "";
  if (fromImage === "") return "SIGTERM";
  return /^\d+$/.test(fromImage) || fromImage.startsWith("SIG") ? fromImage : `SIG${fromImage}`;
}

async function userOf(context: RuntimeContext, config: cri.ContainerConfig, image: Image) {
  const security = config.linux?.securityContext ?? {};
  const [passwd, group] = await Promise.all([
    context.images.file(image, "etc/passwd"),
    context.images.file(image, "etc/group"),
  ]);
  return resolveUser(
    {
      imageUser: image.config.config?.User ?? "",
      ...(security.runAsUser ? { runAsUser: security.runAsUser.value ?? 0 } : {}),
      ...(security.runAsUsername ? { runAsUsername: security.runAsUsername } : {}),
      ...(security.runAsGroup ? { runAsGroup: security.runAsGroup.value ?? 0 } : {}),
      supplementalGroups: security.supplementalGroups ?? [],
      policy: security.supplementalGroupsPolicy ?? "Merge",
    },
    passwd,
    group,
  );
}

/** Folders, record, lease and configuration; answers with the layers that the root is to be made of. */
async function prepare(context: RuntimeContext, sandbox: Sandbox, container: Container, image: Image): Promise<string> {
  const { paths, images } = context;
  const { id, config, logPath } = container.record;
  mkdirSync(paths.container(id, "rootfs"), { recursive: true });
  saveContainer(context, container);
  const oci = await configOf(context, sandbox, container, image);
  writeFileSync(paths.container(id, "config.json"), JSON.stringify(oci));
  await Promise.all([
    images.lease(id, image, paths.container(id)),
    makeLayer(paths.layer(id)),
    ...(logPath === "" ? [] : [mkdir(dirname(logPath), { recursive: true })]),
    ...(config.mounts ?? []).map(mount => makeMissingSource(mount.hostPath ?? "")),
  ]);
  const lowerDirs = [images.lowerDirs(image), await context.mountPoints.layerFor(oci.mounts)];
  return lowerDirs.filter(each => each !== undefined).join(":");
}

async function makeLayer(folder: string): Promise<void> {
  await mkdir(folder);
  await Promise.all(["upper", "work"].map(name => mkdir(join(folder, name))));
}

async function configOf(context: RuntimeContext, sandbox: Sandbox, { record }: Container, image: Image) {
  const { paths, cgroups } = context;
  const sandboxConfig = sandbox.record.config;
  const file = (name: string) => paths.sandbox(sandbox.record.id, name);
  const nodeNetwork = usesNodeNetwork(sandboxConfig);
  const nodeIpc = usesNodeIpc(sandboxConfig);
  const security = record.config.linux?.securityContext ?? {};
  const pid = sharedPidNamespace(context, sandbox, security);
  const seccomp = await localSeccomp(security.seccomp);
  return ociConfig({
    container: record.config,
    sandbox: sandboxConfig,
    image: image.config.config ?? {},
    user: { uid: record.user.uid!, gid: record.user.gid!, additionalGids: record.user.supplementalGroups ?? [] },
    rootfs: paths.container(record.id, "rootfs"),
    cgroupsPath: record.cgroupsPath,
    cgroupVersion: cgroups.version,
    files: {
      shm: nodeIpc ? "/dev/shm" : file("shm"),
      ...(sandboxConfig.dnsConfig ? { resolvConf: file("resolv.conf") } : {}),
      hostname: file("hostname"),
    },
    namespaces: {
      ...(nodeNetwork ? {} : { network: file("net"), uts: file("uts") }),
      ...(nodeIpc ? {} : { ipc: file("ipc") }),
      ...(pid === undefined ? {} : { pid }),
    },
    hostname: hostnameOf(context, sandboxConfig),
    devices: security.privileged ? await hostDevices() : await requestedDevices(record.config.devices ?? []),
    availableCapabilities: context.availableCapabilities,
    lowestOomScoreAdj: Number(readFileSync("/proc/self/oom_score_adj", "utf8")),
    ...(seccomp === undefined ? {} : { seccomp }),
  });
}

/** A debug container joins the pid namespace of the container it looks at; a pod may share one among all. */
function sharedPidNamespace(
  context: RuntimeContext,
  sandbox: Sandbox,
  security: cri.LinuxContainerSecurityContext,
): string | undefined {
  const { pid, targetId } = security.namespaceOptions ?? {};
  const { initPid } = sandbox.record;
  if (initPid !== undefined && (pid ?? "POD") === "POD") return `/proc/${initPid}/ns/pid`;
  if (pid !== "TARGET") return undefined;
  const target = findContainer(context, targetId);
  if (target.record.state !== "running") {
    throw new CriError("FailedPrecondition", `the container ${targetId} to look at is not running`);
  }
  return `/proc/${target.record.pid}/ns/pid`;
}

async function localSeccomp(profile: cri.SecurityProfile | undefined): Promise<Seccomp | undefined> {
  if (profile?.profileType !== "Localhost") return undefined;
  try {
    return JSON.parse(readFileSync((profile.localhostRef ?? "").replace(/^localhost\//, ""), "utf8")) as Seccomp;
  } catch (error) {
    throw new CriError(
      "InvalidArgument",
      `cannot read the seccomp profile ${basename(profile.localhostRef ?? "")}: ${(error as Error).message}`,
    );
  }
}

/** A host path that is not there becomes a folder, as with other runtimes. */
async function makeMissingSource(path: string): Promise<void> {
  if (path === "") throw new CriError("InvalidArgument", "a mount has no host path");
  if ((await stat(path).catch(() => undefined)) === undefined) await mkdir(path, { recursive: true });
}
