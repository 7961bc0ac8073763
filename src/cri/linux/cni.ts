import { join } from "node:path";
import { CriError } from "../services.ts";
import type { RuntimeContext } from "./context.ts";

/** The network that every pod of the node joins: a bridge, addresses from the node's range kept in its own folder. */
function networkConfig({ podCidr, paths, options }: RuntimeContext): string {
  return JSON.stringify({
    cniVersion: "1.0.0",
    name: "k8ts",
    type: "bridge",
    bridge: "cni0",
    isGateway: true,
    ipMasq: false,
    hairpinMode: true,
    mtu: options.mtu,
    ipam: {
      type: "host-local",
      dataDir: paths.ipam,
      ranges: (podCidr ?? "").split(",").map(subnet => [{ subnet }]),
      routes: [{ dst: "0.0.0.0/0" }],
    },
  });
}

/** Connects a network namespace; answers with the pod's addresses. */
export async function cniAdd(context: RuntimeContext, sandboxId: string): Promise<string[]> {
  if (context.podCidr === undefined) throw new CriError("Unavailable", "the node has no range of pod addresses yet");
  const output = await callPlugin(context, "ADD", sandboxId, context.paths.sandbox(sandboxId, "net"));
  const result = JSON.parse(output) as { ips?: { address: string }[] };
  return (result.ips ?? []).map(({ address }) => address.slice(0, address.indexOf("/")));
}

/** Takes the namespace off the network and gives its addresses back; a second call does nothing. */
export async function cniDelete(context: RuntimeContext, sandboxId: string): Promise<void> {
  if (context.podCidr === undefined) return;
  const pin = context.paths.sandbox(sandboxId, "net");
  try {
    await callPlugin(context, "DEL", sandboxId, pin);
  } catch (error) {
    if (await isNamespace(context, pin)) throw error;
    // A stop that was cut off had let go of the namespace: without one the addresses are given back all the same.
    await callPlugin(context, "DEL", sandboxId, "");
  }
}

async function isNamespace({ helper }: RuntimeContext, file: string): Promise<boolean> {
  const { stdout } = await helper.run(["stat", "--file-system", "--format=%T", file]);
  return stdout.trim() === "nsfs";
}

async function callPlugin(
  context: RuntimeContext,
  command: "ADD" | "DEL",
  sandboxId: string,
  networkNamespace: string,
): Promise<string> {
  const { helper, options } = context;
  const { exitCode, stdout, stderr } = await helper.run([join(options.cniBinFolder, "bridge")], {
    input: networkConfig(context),
    timeoutMs: 60_000,
    environment: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: sandboxId,
      CNI_NETNS: networkNamespace,
      CNI_IFNAME: "eth0",
      CNI_PATH: options.cniBinFolder,
    },
  });
  if (exitCode === 0) return stdout;
  throw new CriError(
    "Unknown",
    `CNI ${command} failed: ${reasonIn(stdout) ?? (stderr.trim() || `exit code ${exitCode}`)}`,
  );
}

/** A plugin's error is JSON on its standard output. */
function reasonIn(output: string): string | undefined {
  try {
    const { msg, details } = JSON.parse(output) as { msg?: string; details?: string };
    return [msg, details].filter(Boolean).join(": ") || undefined;
  } catch {
    return undefined;
  }
}
