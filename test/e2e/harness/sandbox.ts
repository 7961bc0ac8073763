import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { TestCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { type MachineState, machineState, otherClusters } from "./leftovers.ts";

/** Clusters of one test file, with a folder and a kubeconfig of their own; nothing of them may be left at the end. */
export class Sandbox {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly #before: MachineState;
  readonly #clusters: TestCluster[] = [];

  /** Clusters of others that were here at some moment. */
  readonly #others: Set<string>;

  private constructor(folder: string, before: MachineState, others: readonly string[]) {
    this.folder = folder;
    this.kubeconfig = join(folder, "kubeconfig");
    this.#before = before;
    this.#others = new Set(others);
  }

  static async create(): Promise<Sandbox> {
    const folder = await mkdtemp(join(tmpdir(), "k8ts-e2e-"));
    const others = await otherClusters([]);
    return new Sandbox(folder, await machineState(others), others);
  }

  /** A cluster by a name that no other has; it is not started yet. */
  cluster(label: string): TestCluster {
    const cluster = new TestCluster(`${label}-${process.pid}`, this.kubeconfig);
    this.#clusters.push(cluster);
    return cluster;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Takes every cluster down and fails when the machine is not as it was. */
  async close(): Promise<void> {
    try {
      for (const cluster of this.#clusters) await cluster.down();
      await this.expectNothingLeft();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  async expectNothingLeft(): Promise<void> {
    const own = this.#clusters.map(cluster => cluster.name);
    // Namespaces and defunct processes go a moment after their last user.
    await eventually(
      async () => {
        for (const name of await otherClusters(own)) this.#others.add(name);
        const after = await machineState([...this.#others]);
        for (const [what, lines] of Object.entries(after)) {
          const fresh = lines.filter(line => !this.#before[what]!.includes(line));
          expect(fresh, `left behind: ${what}`).toEqual([]);
        }
      },
      { withinMs: 5_000 },
    );
    const kubeconfig = await readFile(this.kubeconfig, "utf8").catch(() => "");
    for (const name of own) expect(kubeconfig).not.toContain(name);
  }
}
