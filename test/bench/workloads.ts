import { once } from "node:events";
import { type Deployment, deployments } from "#api/apps/v1/deployment.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import type { Client } from "#client/client.ts";
import { helloImage } from "#cluster/hello-image.ts";

const namespace = "default";
const patienceMs = 30_000;
export const image = helloImage;

/** Creates a Deployment and its Service, as `kubectl create deployment` and `kubectl expose` do. */
export async function createApp(client: Client, name: string): Promise<void> {
  const labels = { app: name };
  await client.create(deployments, {
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "hello", image }] } },
    },
  } as Deployment);
  await client.create(services, {
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ port: 80 }] },
  } as Service);
}

export async function createPod(client: Client, name: string): Promise<void> {
  await client.create(pods, {
    metadata: { name, namespace, labels: { bench: "pods" } },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "hello", image }] },
  } as Pod);
}

export async function deletePods(client: Client): Promise<void> {
  await client.deleteCollection(pods, { namespace, labelSelector: "bench=pods" });
}

/** Follows the pods of the bench and tells when each becomes Ready. */
export class PodWatch implements Disposable {
  readonly #abort = new AbortController();
  readonly #readyAt = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #ended: Promise<never>;

  constructor(client: Client) {
    this.#ended = this.#follow(client);
    this.#ended.catch(() => undefined); // Whoever waits is told; at the end nobody does.
  }

  /** `performance.now()` at which the news of its readiness came. */
  ready(name: string): Promise<number> {
    const at = this.#readyAt.get(name);
    if (at !== undefined) return Promise.resolve(at);
    const late = once(AbortSignal.timeout(patienceMs), "abort").then(() => {
      throw new Error(`pod ${name} was not Ready after ${patienceMs / 1000} s`);
    });
    return Promise.race([new Promise<number>(resolve => this.#waiting.set(name, resolve)), this.#ended, late]);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  async #follow(client: Client): Promise<never> {
    const stream = client.watch(pods, { namespace, sendInitialEvents: true, signal: this.#abort.signal });
    for await (const event of stream) {
      if (event.type === "BOOKMARK" || !isReady(event.object)) continue;
      const name = event.object.metadata.name!;
      if (this.#readyAt.has(name)) continue;
      const now = performance.now();
      this.#readyAt.set(name, now);
      this.#waiting.get(name)?.(now);
    }
    throw new Error("the watch of pods ended");
  }
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(each => each.type === "Ready" && each.status === "True") ?? false;
}
