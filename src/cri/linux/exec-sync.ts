import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import type * as cri from "../protocol/messages.ts";
import { CriError } from "../services.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";
import { signalProcess } from "./processes.ts";
import { runcMessage } from "./runc-message.ts";

/** Output of an ExecSync beyond this is cut off, as in other runtimes. */
const outputLimitBytes = 16 << 20;
const noLimitMs = 24 * 3600 * 1000;

/** Runs a command in a running container and waits for it; when the time is up the command is killed. */
export async function execSync(context: RuntimeContext, request: cri.ExecSyncRequest): Promise<cri.ExecSyncResponse> {
  const container = runningContainer(context, request.containerId);
  const limitMs = request.timeout ? request.timeout * 1000 : noLimitMs;
  const pidFile = context.paths.container(container.record.id, `exec-${randomBytes(6).toString("hex")}.pid`);
  const start = context.clock.monotonic();
  try {
    const { exitCode, stdout, stderr } = await context.helper.run(
      [...execCommand(context, container, ["--pid-file", pidFile]), ...(request.cmd ?? [])],
      { timeoutMs: limitMs, stdoutLimitBytes: outputLimitBytes },
    );
    if (context.clock.monotonic() - start >= limitMs) {
      await killPid(pidFile);
      throw new CriError("DeadlineExceeded", `the command took longer than ${request.timeout} s`);
    }
    // The runtime writes the file once the command runs: an exit code without it is not the command's.
    if (exitCode !== 0 && !existsSync(pidFile))
      throw new CriError("Unknown", `failed to exec in container: ${runcMessage(stderr)}`);
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
  } finally {
    await rm(pidFile, { force: true });
  }
}

/** The container, which must be running for a command to join it. */
export function runningContainer(context: RuntimeContext, id: string | undefined): Container {
  const container = findContainer(context, id);
  if (container.record.state !== "running") {
    throw new CriError("FailedPrecondition", `the container ${container.record.id} is not running`);
  }
  return container;
}

/** The OCI runtime's command up to the container's id: what is to run follows. */
export function execCommand(
  { options, paths }: RuntimeContext,
  { record }: Container,
  flags: readonly string[],
): string[] {
  return [options.runtimePath, "--root", paths.runc, "exec", ...flags, record.id];
}

async function killPid(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (pid > 1) signalProcess(pid, "SIGKILL");
}
