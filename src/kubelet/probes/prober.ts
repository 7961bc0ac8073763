import type { Container } from "#api/core/v1/container.ts";
import type { Probe } from "#api/core/v1/probe.ts";
import { messageOf } from "#base/error-message.ts";
import { isCriDeadlineExceeded, type RuntimeService } from "#cri/services.ts";
import type { HostNetwork } from "../host.ts";
import { probeHeaders, probeUrl, resolvePort } from "./target.ts";

export interface ProbeTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

export interface ProbeResult {
  /** `error`: nothing was found out about the container. */
  readonly outcome: "success" | "failure" | "error";
  readonly output: string;
}

export interface ProberDeps {
  readonly runtime: RuntimeService;
  readonly network: HostNetwork;
}

const userAgent = "kube-probe/1.37";

const triesOnError = 3;

/** Asks, and asks again where that went wrong by itself: no answer from the container is an answer, too. */
export async function probeOnce(
  deps: ProberDeps,
  probe: Probe,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(deps, probe, target, signal);
    } catch (error) {
      if (tries === triesOnError || signal.aborted) return { outcome: "error", output: messageOf(error) };
    }
  }
}

/** Throws when the container could not be asked. */
async function ask(deps: ProberDeps, probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  const { network } = deps;
  const options = { timeoutMs: (probe.timeoutSeconds ?? 1) * 1000, signal };
  if (probe.exec) return probeCommand(deps, probe.exec.command ?? [], target, options.timeoutMs, signal);
  if (probe.httpGet) {
    const url = probeUrl(probe.httpGet, portOf(probe.httpGet.port, target), target.podIp);
    const headers = probeHeaders(probe.httpGet, userAgent);
    return orFailure(async () => httpResult(await network.httpGet({ url, headers, ...options })));
  }
  if (probe.tcpSocket) {
    const { host, port } = probe.tcpSocket;
    const number = portOf(port, target);
    return orFailure(async () => {
      await network.tcpConnect(host || target.podIp, number, options);
      return { outcome: "success", output: "" };
    });
  }
  if (probe.grpc) {
    const { port, service } = probe.grpc;
    return orFailure(async () => grpcResult(await network.grpcHealth(target.podIp, port, service, options)));
  }
  return { outcome: "success", output: "" };
}

async function orFailure(run: () => Promise<ProbeResult>): Promise<ProbeResult> {
  try {
    return await run();
  } catch (error) {
    return { outcome: "failure", output: messageOf(error) };
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
  try {
    const answer = await deps.runtime.execSync(request, { signal, timeoutMs: timeoutMs + 1000 });
    const decoder = new TextDecoder();
    const texts = [answer.stdout, answer.stderr].map(bytes => decoder.decode(bytes ?? new Uint8Array()));
    return { outcome: (answer.exitCode ?? 0) === 0 ? "success" : "failure", output: texts.join("") };
  } catch (error) {
    if (!isCriDeadlineExceeded(error)) throw error;
    const output = `command timed out: "${cmd.join(" ")}" timed out after ${request.timeout}s`;
    return { outcome: "failure", output };
  }
}

function httpResult({ status, body }: { readonly status: number; readonly body: string }): ProbeResult {
  if (status >= 200 && status < 400) return { outcome: "success", output: body };
  return { outcome: "failure", output: `HTTP probe failed with statuscode: ${status}` };
}

function grpcResult(status: string): ProbeResult {
  if (status === "SERVING") return { outcome: "success", output: "" };
  return { outcome: "failure", output: `service unhealthy (responded with "${status}")` };
}

function portOf(port: number | string, target: ProbeTarget): number {
  const found = resolvePort(port, target.container);
  if (found === undefined) throw new Error(`couldn't find port: ${port}`);
  return found;
}
