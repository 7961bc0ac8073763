import { type Pod, pods } from "#api/core/v1/pod.ts";
import { services } from "#api/core/v1/service.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { SpanRing } from "#journey/ring.ts";
import { FakeApi } from "#kubelet/fake-api.test-support.ts";
import { createKubelet, type Kubelet } from "#kubelet/kubelet.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { createSimulatedHost } from "#simulation/runtime/simulated-host.ts";
import { createSimulatedRuntime } from "#simulation/runtime/simulated-runtime.ts";

/** One kubelet over a simulated machine and runtime, on virtual time. */
export class KubeletFixture {
  readonly clock = new VirtualClock();
  readonly api = new FakeApi(this.clock);
  readonly events: string[] = [];
  readonly spans = new SpanRing(1000);
  /** What containers answer to probes. */
  readonly healthy = { ready: true };
  readonly host = createSimulatedHost({
    httpGet: () => ({ status: this.healthy.ready ? 200 : 503, body: "" }),
  });
  readonly world = createSimulatedRuntime(
    {
      clock: this.clock,
      random: seededRandom(1),
      writeLog: (path, line) => this.host.files.append(path, line),
    },
    {
      behaviours: {
        "once:1": { exitAfterMs: 5_000, logs: ["hello"] },
        "crash:1": { exitAfterMs: 100, exitCode: 3, logs: ["boom"] },
        "absent:1": { pullError: "not there" },
        "slow:1": { stopAfterMs: 60_000 },
        "huge:1": { pullMs: 60_000 },
      },
    },
  );
  #kubelet!: Kubelet;
  #stop!: AbortController;
  #running!: Promise<void>;

  static async create(): Promise<KubeletFixture> {
    const fixture = new KubeletFixture();
    await fixture.api.put(services, {
      metadata: { name: "kubernetes", namespace: "default" },
      spec: { clusterIP: "10.96.0.1", ports: [{ port: 443, name: "https", protocol: "TCP" }] },
    });
    fixture.start();
    await fixture.clock.advance(100);
    return fixture;
  }

  get kubelet(): Kubelet {
    return this.#kubelet;
  }

  start(): void {
    const { api: client, clock, host, spans, world } = this;
    this.#stop = new AbortController();
    this.#kubelet = createKubelet(
      {
        ...{ client, clock, host, spans, recorder: spans, runtime: world.runtime, images: world.images },
        random: seededRandom(2),
        log: silentLog,
        events: {
          event: (_resource, object, type, reason, message) =>
            this.events.push(`${object.metadata.name}: ${type} ${reason}: ${message}`),
        },
        authorize: async () => true,
      },
      {
        nodeName: "node-1",
        nodeIps: ["192.0.2.1"],
        version: "0.1.0",
        rootFolder: "/var/lib/kubelet",
        podCidr: "10.244.1.0/24",
      },
    );
    this.#running = this.#kubelet.run(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  readonly pod = (name: string) => this.api.find(pods, "default", name);
  readonly main = (name: string) => this.pod(name)?.status?.containerStatuses?.[0];
  readonly condition = (name: string, type: string) =>
    this.pod(name)?.status?.conditions?.find(found => found.type === type)?.status;
  readonly eventsOf = (name: string) =>
    this.events.filter(event => event.startsWith(`${name}: `)).map(event => event.slice(name.length + 2));
}

export function podOf(name: string, spec: Partial<Pod["spec"]> & { image?: string } = {}): Pod {
  const { image = "web:1", ...rest } = spec;
  return {
    metadata: { name, namespace: "default", uid: `uid-${name}`, generation: 1 },
    spec: { nodeName: "node-1", containers: [{ name: "main", image, imagePullPolicy: "IfNotPresent" }], ...rest },
  };
}
