import { describe, expect, it } from "vitest";
import { seededRandom } from "#base/random.ts";
import { VirtualClock } from "./clock.ts";
import { createSimulatedMachine } from "./machine.ts";

const machine = () =>
  createSimulatedMachine(
    { clock: new VirtualClock(), random: seededRandom(1) },
    { name: "node-1", ip: "198.18.0.11", behaviours: { "chatty:1": { logs: ["one", "two"] } } },
  );

async function startPod({ runtime, images }: ReturnType<typeof machine>, name: string, image = "web:1") {
  const config = { metadata: { name, namespace: "default", uid: name, attempt: 0 }, logDirectory: `/logs/${name}` };
  const { podSandboxId = "" } = await runtime.runPodSandbox({ config }, {});
  await images.pullImage({ image: { image } }, {});
  const container = { metadata: { name: "main", attempt: 0 }, image: { image }, logPath: "main.log" };
  const { containerId } = await runtime.createContainer({ podSandboxId, config: container, sandboxConfig: config }, {});
  await runtime.startContainer({ containerId }, {});
  const { status } = await runtime.podSandboxStatus({ podSandboxId }, {});
  return { podSandboxId, ip: status?.network?.ip };
}

describe("a simulated machine", () => {
  it("has a network once it has a range for pods", async () => {
    const { runtime } = machine();
    const network = async () =>
      (await runtime.status({}, {})).status?.conditions?.find(({ type }) => type === "NetworkReady")?.status;
    expect(await network()).toBe(false);
    await runtime.updateRuntimeConfig({ runtimeConfig: { networkConfig: { podCidr: "10.244.7.0/24" } } }, {});
    expect(await network()).toBe(true);
  });

  it("gives each sandbox an address that no other has, until there is none", async () => {
    const here = machine();
    await here.runtime.updateRuntimeConfig({ runtimeConfig: { networkConfig: { podCidr: "10.244.7.0/29" } } }, {});
    const made = [];
    for (let count = 0; count < 5; count++) made.push(await startPod(here, `pod-${count}`));
    expect(made.map(({ ip }) => ip)).toEqual([2, 3, 4, 5, 6].map(last => `10.244.7.${last}`));
    await expect(startPod(here, "late")).rejects.toMatchObject({ code: "ResourceExhausted" });
    await here.runtime.removePodSandbox({ podSandboxId: made[3]!.podSandboxId }, {});
    expect((await startPod(here, "late")).ip).toBe("10.244.7.5");
  });

  it("keeps what containers write, where the kubelet looks for it", async () => {
    const here = machine();
    await startPod(here, "talker", "chatty:1");
    const text = new TextDecoder().decode(await here.host.files.read("/logs/talker/main.log"));
    expect(text).toBe("2026-01-01T00:00:00.000000000Z stdout F one\n2026-01-01T00:00:00.000000000Z stdout F two\n");
  });
});
