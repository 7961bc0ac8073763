import { readFileSync } from "node:fs";
import { CriError } from "../services.ts";
import type { Container, RuntimeContext } from "./context.ts";
import { runcMessage } from "./runc-message.ts";

/**
 * Arguments: the folder that the layers' names begin at, overlayfs' options, the root; then conmon's command. Its answer, one
 * line once the container is made, comes through a pipe that conmon keeps as its third stream. The first process of conmon
 * ends before that, and what stays of it holds none of the helper's files. Newer mount(8) passes each option by a call that
 * takes 255 bytes, unless told otherwise.
 */
const mountAndStartConmon = `cd "$1" && LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "$2" overlay "$3" && cd / || exit
shift 3
_OCI_SYNCPIPE=3 "$@" 3>&1 </dev/null >/dev/null 2>&1 | { IFS= read -r answer && printf "%s\\n" "$answer"; }`;

/**
 * Mounts the container's root from its layers (`lowerDirs`, relative to the images' links, and its own on top) and has conmon
 * make it with the OCI runtime, in one job of the helper. conmon stays and holds its streams, log and exit code.
 */
export async function createWithConmon(
  context: RuntimeContext,
  { record }: Container,
  lowerDirs: string,
): Promise<{ pid: number; conmonPid: number }> {
  const { options, paths, helper, images } = context;
  const { id, config, logPath } = record;
  const file = (name: string) => paths.container(id, name);
  const { exitCode, stdout, stderr } = await helper.runScript(
    mountAndStartConmon,
    [
      images.linkFolder,
      `lowerdir=${lowerDirs},upperdir=${paths.layer(id, "upper")},workdir=${paths.layer(id, "work")}`,
      paths.container(id, "rootfs"),
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
    throw new CriError("Unknown", `the container could not be made: ${runcMessage(reason)}`);
  }
  return { pid: answer.pid, conmonPid: Number(readFileSync(file("conmon.pid"), "utf8")) };
}

function parseAnswer(text: string): { pid?: number; message?: string } {
  try {
    return JSON.parse(text) as { pid?: number; message?: string };
  } catch {
    return {};
  }
}
