import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterRecord } from "#cluster/plan.ts";
import { eventually } from "./eventually.ts";
import { type Finished, output, type Running, type RunOptions, run, start } from "./run.ts";

const root = join(import.meta.dirname, "../../..");
export const launcher = join(root, "k8ts");
export const example = (file: string) => join(root, "examples", file);

/** A Kubernetes object as `kubectl -o json` prints it: tests read whatever they need of it. */
// biome-ignore lint/suspicious/noExplicitAny: a test that misreads a field fails at its expectation.
export type Json = any;

/** A cluster of the test's own, driven from outside as a user does: by the launcher and kubectl. */
export class TestCluster {
  readonly name: string;
  readonly kubeconfig: string;

  constructor(name: string, kubeconfig: string) {
    this.name = name;
    this.kubeconfig = kubeconfig;
  }

  get environment(): Record<string, string> {
    return { KUBECONFIG: this.kubeconfig };
  }

  /** `./k8ts ARGS --name NAME`: must succeed. */
  k8ts(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return output([launcher, ...args, "--name", this.name], { environment: this.environment, ...options });
  }

  /** The same, for commands that may fail. */
  tryK8ts(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run([launcher, ...args, "--name", this.name], { environment: this.environment, ...options });
  }

  up(...args: readonly string[]): Promise<string> {
    return this.k8ts(["up", ...args], { timeoutMs: 120_000 });
  }

  async down(): Promise<void> {
    await this.k8ts(["down"]);
  }

  kubectl(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return output(["kubectl", ...this.#context(), ...args], { environment: this.environment, ...options });
  }

  tryKubectl(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run(["kubectl", ...this.#context(), ...args], { environment: this.environment, ...options });
  }

  /** A kubectl that goes on: logs -f, port-forward, exec. */
  startKubectl(args: readonly string[]): Running {
    return start(["kubectl", ...this.#context(), ...args], this.environment);
  }

  /** kubectl on a terminal, as `-t` needs one; `input` is typed into it. */
  terminal(args: readonly string[], input: string): Promise<string> {
    const line = ["kubectl", ...this.#context(), ...args].map(quoted).join(" ");
    return output(["script", "-qec", line, "/dev/null"], { environment: this.environment, input });
  }

  #context(): readonly string[] {
    return ["--context", this.name === "k8ts" ? "k8ts" : `k8ts-${this.name}`];
  }

  async get(...args: readonly string[]): Promise<Json> {
    return JSON.parse(await this.kubectl(["get", ...args, "-o", "json"]));
  }

  async pods(selector: string, namespace = "default"): Promise<readonly Json[]> {
    return (await this.get("pods", "-n", namespace, "-l", selector)).items;
  }

  async apply(...objects: readonly Json[]): Promise<void> {
    const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await this.kubectl(["apply", "-f", "-"], { input: text });
  }

  /** What `up` decided: addresses, names on this machine. */
  async record(): Promise<ClusterRecord> {
    return JSON.parse(await readFile(`/var/lib/k8ts/${this.name}/cluster.json`, "utf8"));
  }

  /** Waits until `check` holds for the object. */
  until(args: readonly string[], check: (object: Json) => void, withinMs = 30_000): Promise<Json> {
    return eventually(
      async () => {
        const object = await this.get(...args);
        check(object);
        return object;
      },
      { withinMs },
    );
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A body from an HTTP server; says so in its place when none answers within `timeoutMs`. */
export async function fetchText(url: string, timeoutMs = 2_000): Promise<string> {
  const argv = ["curl", "-sS", "--noproxy", "*", "-m", String(timeoutMs / 1_000), url];
  const { exitCode, stdout, stderr } = await run(argv);
  return exitCode === 0 ? stdout : `no answer: ${stderr}`;
}
