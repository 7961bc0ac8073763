import { beforeEach, expect, test } from "vitest";
import type { Pod } from "#api/core/v1/pod.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { createSimulatedHost } from "#simulation/runtime/simulated-host.ts";
import { VolumeManager } from "./volume-manager.ts";

const rootFolder = "/var/lib/kubelet";
let host: ReturnType<typeof createSimulatedHost>;
let volumes: VolumeManager;

beforeEach(() => {
  const clock = new VirtualClock();
  host = createSimulatedHost();
  const objects = {
    secret: async () => ({ metadata: { name: "word" }, data: { key: "b3BlbiE=" } }),
    configMap: async () => ({ metadata: { name: "settings" }, data: { key: "value" } }),
  };
  const tokens = { token: async () => "token" };
  const payloads = { objects, tokens, hostIps: [], allocatable: {} } as never;
  volumes = new VolumeManager({ host, clock, payloads }, { rootFolder });
});

const pod = (uid: string): Pod => ({
  metadata: { name: uid, namespace: "default", uid },
  spec: {
    containers: [],
    volumes: [
      { name: "word", secret: { secretName: "word" } },
      { name: "settings", configMap: { name: "settings" } },
      { name: "room", emptyDir: {} },
    ],
  },
});
const read = async (path: string) => new TextDecoder().decode(await host.files.read(path));

test("secrets of all pods lie in one file system in memory, everything else beside the pod's other files", async () => {
  await Promise.all([volumes.mount(pod("a")), volumes.mount(pod("b"))]);
  expect(volumes.path(pod("a"), "word")).toBe(`${rootFolder}/memory/a/kubernetes.io~secret/word`);
  expect(volumes.path(pod("a"), "settings")).toBe(`${rootFolder}/pods/a/volumes/kubernetes.io~configmap/settings`);
  expect(await host.mounts.isMounted(`${rootFolder}/memory`)).toBe(true);
  for (const uid of ["a", "b"]) expect(await read(`${volumes.path(pod(uid), "word")}/key`)).toBe("open!");
});

test("what is shown of API objects is read-only", () => {
  expect(["word", "settings", "room", "none"].map(name => volumes.isReadOnly(pod("a"), name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("a pod's volumes go with it, wherever they lie", async () => {
  await Promise.all([volumes.mount(pod("a")), volumes.mount(pod("b"))]);
  expect(await volumes.podsOnDisk()).toEqual(["a", "b"]);
  await volumes.unmount("a");
  expect(await volumes.podsOnDisk()).toEqual(["b"]);
  await host.files.remove(volumes.podFolder("b")); // As by a kubelet that ended half way.
  expect(await volumes.podsOnDisk()).toEqual(["b"]);
  await volumes.unmount("b");
  expect(await volumes.podsOnDisk()).toEqual([]);
});
