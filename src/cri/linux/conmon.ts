import { readFile } from "node:fs/promises";
import { CriError } from "../services.ts";
import type { Container, RuntimeContext } from "./context.ts";

/**
 * Arguments: fifo for conmon's answer, then the command. The shell holds the fifo open for reading and writing, so that
 * neither side waits for the other to open it; conmon answers with one line once the container is made.
 */
const startConmon = `
mkfifo -m 600 "$1" && exec 3<>"$1" || exit 1
shift
_OCI_SYNCPIPE=3 "$@" </dev/null >/dev/null 2>&1 || exit 1
IFS= read -r answer <&3 && printf '%s\\n' "$answer"`;

/** Has conmon make the container with the OCI runtime; conmon stays and holds its streams, log and exit code. */
export async function createWithConmon(
  context: RuntimeContext,
  { record }: Container,
): Promise<{ pid: number; conmonPid: number }> {
  const { options, paths, helper } = context;
  const { id, config, logPath } = record;
  const file = (name: string) => paths.container(id, name);
  const { exitCode, stdout, stderr } = await helper.run(
    [
      "sh",
      "-c",
      startConmon,
      "sh",
      file("sync"),
      options.conmonPath,
      ...["--bundle", paths.container(id).replace(/\/$/, ""), "--cid", id, "--cuuid", id, "--name", id],
      ...["--runtime", options.runtimePath, "--runtime-arg", `--root=${paths.runc}`],
      ...["--container-pidfile", file("pid"), "--conmon-pidfile", file("conmon.pid")],
      ...["--exit-dir", paths.exits, "--persist-dir", paths.container(id).replace(/\/$/, "")],
      ...["--log-path", logPath === "" ? "off" : `k8s-file:${logPath}`],
      ...["--full-attach", "--no-new-keyring"],
      ...(config.stdin ? ["--stdin", ...(config.stdinOnce ? [] : ["--leave-stdin-open"])] : []),
      ...(config.tty ? ["--terminal"] : []),
    ],
    { timeoutMs: 60_000 },
  );
  const answer = exitCode === 0 ? parseAnswer(stdout) : {};
  if (answer.pid === undefined || answer.pid <= 0) {
    const reason = answer.message ?? (stderr.trim() || `conmon ended with ${exitCode}`);
    throw new CriError("Unknown", `the container could not be made: ${reason.trim()}`);
  }
  return { pid: answer.pid, conmonPid: Number(await readFile(file("conmon.pid"), "utf8")) };
}

function parseAnswer(text: string): { pid?: number; message?: string } {
  try {
    return JSON.parse(text) as { pid?: number; message?: string };
  } catch {
    return {};
  }
}
