import type { Container } from "#api/core/v1/container.ts";
import { terminationMessageFile } from "../containers/mounts.ts";
import type { HostFiles } from "../host.ts";
import { parseLogLine } from "../server/log-format.ts";
import type { RuntimeContainer, RuntimePod } from "./runtime-pod.ts";

const maximumBytes = 4096;
const maximumLogBytes = 2048;
const maximumLogLines = 80;

/** The last words of containers that ended, read once each. */
export class TerminationMessages {
  readonly #files: HostFiles;
  readonly #messages = new Map<string, string>();

  constructor(deps: { readonly files: HostFiles }) {
    this.#files = deps.files;
  }

  of(container: RuntimeContainer): string {
    return this.#messages.get(container.id) ?? container.message;
  }

  /** Reads what is new; `folder` is the pod's. */
  async read(runtime: RuntimePod, specs: readonly Container[], folder: string): Promise<void> {
    for (const container of runtime.containers) {
      if (container.state !== "exited" || this.#messages.has(container.id)) continue;
      const spec = specs.find(candidate => candidate.name === container.name);
      this.#messages.set(container.id, await this.#messageOf(container, spec, folder));
    }
  }

  forget(runtime: RuntimePod): void {
    for (const container of runtime.containers) this.#messages.delete(container.id);
  }

  async #messageOf(container: RuntimeContainer, spec: Container | undefined, folder: string): Promise<string> {
    if (container.message !== "") return container.message;
    const path = terminationMessageFile(folder, container.name, container.restartCount);
    const bytes = await this.#files.readRange(path, 0, maximumBytes);
    if (bytes !== undefined && bytes.length > 0) return new TextDecoder().decode(bytes);
    const usesLogs = spec?.terminationMessagePolicy === "FallbackToLogsOnError" && container.exitCode !== 0;
    return usesLogs ? this.#endOfLog(container.logPath) : "";
  }

  async #endOfLog(path: string): Promise<string> {
    const size = (await this.#files.size(path)) ?? 0;
    const from = Math.max(0, size - 2 * maximumLogBytes);
    const bytes = (await this.#files.readRange(path, from, size - from)) ?? new Uint8Array();
    const lines = new TextDecoder()
      .decode(bytes)
      .split("\n")
      .slice(from > 0 ? 1 : 0);
    const texts = lines.flatMap(line => parseLogLine(line)?.text ?? []);
    return texts.slice(-maximumLogLines).join("").slice(-maximumLogBytes);
  }
}
