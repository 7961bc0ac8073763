import type { Container } from "#api/core/v1/container.ts";
import type { Probe } from "#api/core/v1/probe.ts";
import { messageOf } from "#base/error-message.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { HostNetwork } from "../host.ts";
import { probeHeaders, probeUrl, resolvePort } from "./target.ts";

export interface ProbeTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

export interface ProbeResult {
  readonly success: boolean;
  readonly output: string;
}

export interface ProberDeps {
  readonly runtime: RuntimeService;
  readonly network: HostNetwork;
}

const userAgent = "kube-probe/1.37";

/** Asks once. What goes wrong is an answer, not an error. */
export async function probeOnce(
  deps: ProberDeps,
  probe: Probe,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.exec) return await probeCommand(deps, probe.exec.command ?? [], target, timeoutMs, signal);
    if (probe.httpGet) return await probeHttp(deps, probe.httpGet, target, timeoutMs, signal);
    if (probe.tcpSocket) {
      await deps.network.tcpConnect(probe.tcpSocket.host || target.podIp, portOf(probe.tcpSocket.port, target), {
        timeoutMs,
        signal,
      });
      return { success: true, output: "" };
    }
    if (probe.grpc) {
      const status = await deps.network.grpcHealth(target.podIp, probe.grpc.port, probe.grpc.service, {
        timeoutMs,
        signal,
      });
      return { success: status === "SERVING", output: `service unhealthy (responded with "${status}")` };
    }
    return { success: true, output: "" };
  } catch (error) {
    return { success: false, output: messageOf(error) };
  }
}

async function probeCommand(
  deps: ProberDeps,
  cmd: readonly string[],
  target: ProbeTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const request = { containerId: target.containerId, cmd, timeout: Math.ceil(timeoutMs / 1000) };
  const answer = await deps.runtime.execSync(request, { signal, timeoutMs: timeoutMs + 1000 });
  const decoder = new TextDecoder();
  const output = decoder.decode(answer.stdout ?? new Uint8Array()) + decoder.decode(answer.stderr ?? new Uint8Array());
  return { success: (answer.exitCode ?? 0) === 0, output };
}

async function probeHttp(
  deps: ProberDeps,
  action: NonNullable<Probe["httpGet"]>,
  target: ProbeTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const url = probeUrl(action, portOf(action.port, target), target.podIp);
  const headers = probeHeaders(action, userAgent);
  const { status, body } = await deps.network.httpGet({ url, headers, timeoutMs, signal });
  if (status >= 200 && status < 400) return { success: true, output: body };
  return { success: false, output: `HTTP probe failed with statuscode: ${status}` };
}

function portOf(port: number | string, target: ProbeTarget): number {
  const found = resolvePort(port, target.container);
  if (found === undefined) throw new Error(`couldn't find port: ${port}`);
  return found;
}
