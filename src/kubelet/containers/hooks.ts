import type { Container } from "#api/core/v1/container.ts";
import type { LifecycleHandler } from "#api/core/v1/probe.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { HostNetwork } from "../host.ts";
import type { PodContext } from "../pods/pod-context.ts";
import { probeHeaders, probeUrl, resolvePort } from "../probes/target.ts";

export interface HookDeps {
  readonly runtime: RuntimeService;
  readonly network: HostNetwork;
  readonly clock: Clock;
}

export interface HookTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

const userAgent = "kube-lifecycle/1.37";

export class HookError extends Error {
  override readonly name = "HookError";
}

/** Runs a postStart or preStop handler; throws {@link HookError} when it fails. */
export async function runHook(
  deps: HookDeps,
  context: PodContext,
  handler: LifecycleHandler,
  target: HookTarget,
  timeoutMs: number,
): Promise<void> {
  try {
    if (handler.exec) await runCommand(deps, context, handler.exec.command ?? [], target, timeoutMs);
    else if (handler.httpGet) await get(deps, handler.httpGet, target, timeoutMs, context.signal);
    else if (handler.sleep) await deps.clock.sleep(Math.min(handler.sleep.seconds * 1000, timeoutMs), context.signal);
  } catch (error) {
    throw new HookError(messageOf(error));
  }
}

async function runCommand(
  deps: HookDeps,
  context: PodContext,
  command: readonly string[],
  target: HookTarget,
  timeoutMs: number,
): Promise<void> {
  const request = { containerId: target.containerId, cmd: command, timeout: Math.ceil(timeoutMs / 1000) };
  const answer = await context.call("ExecSync", call => deps.runtime.execSync(request, call), timeoutMs + 1000);
  if (answer.exitCode) {
    const output = new TextDecoder().decode(
      answer.stderr?.length ? answer.stderr : (answer.stdout ?? new Uint8Array()),
    );
    throw new HookError(`command '${command.join(" ")}' exited with ${answer.exitCode}: ${output}`);
  }
}

async function get(
  deps: HookDeps,
  action: NonNullable<LifecycleHandler["httpGet"]>,
  target: HookTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const port = resolvePort(action.port, target.container);
  if (port === undefined) throw new HookError(`couldn't find port: ${action.port}`);
  const url = probeUrl(action, port, target.podIp);
  // Any answer will do: what its status says is between the two.
  await deps.network.httpGet({ url, headers: probeHeaders(action, userAgent), timeoutMs, signal });
}
