import { nodes } from "#api/core/v1/node.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { type EndpointSlice, endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { rejectOnAbort } from "#base/abort.ts";
import { backoffMs } from "#base/backoff.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import type { Helper } from "#base/helper.ts";
import type { Log } from "#base/log.ts";
import { type Client, keyOf } from "#client/client.ts";
import type { EventRecorder } from "#client/events.ts";
import { createInformerFactory, type Informer, type InformerEvent } from "#client/informer.ts";
import type { Recorder } from "#journey/span.ts";
import { staleFlowCommands } from "./conntrack.ts";
import { EntryTableState } from "./entries.ts";
import { type HostPort, planHostPorts } from "./host-ports.ts";
import { planService, type ServicePlan, serviceKeyOfSlice, type UdpFlow } from "./plan.ts";
import { changeTransaction, fullTransaction } from "./transaction.ts";

export interface KubeProxyDeps {
  readonly client: Client;
  /** Runs in the node's network namespace. */
  readonly helper: Helper;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly events?: EventRecorder;
}

export interface KubeProxyOptions {
  readonly nodeName: string;
  readonly nodeIp: string;
  /** The cluster's pods: with policy Local they are no clients from outside. */
  readonly podCidr: string;
  readonly serviceCidr: string;
}

/** Keeps the node's packet rules as Services and EndpointSlices say. */
export interface KubeProxy {
  /** Ends when the signal aborts. The rules stay: traffic does not stop with the process. */
  run(signal: AbortSignal): Promise<void>;
  /** Ports of the node that lead to its pods; replaces what was said before. */
  setHostPorts(ports: readonly HostPort[]): void;
  /** The rules were in place at least once and the last change was applied. */
  readonly healthy: boolean;
}

export function createKubeProxy(deps: KubeProxyDeps, options: KubeProxyOptions): KubeProxy {
  return new NodeProxy(deps, options);
}

/** Changes within this time go into one transaction: each one that deletes costs the kernel 15 ms. */
const coalesceMs = 10;
const nftTimeoutMs = 30_000;
const retry = { initialMs: 100, maximumMs: 10_000 };
/** Spans of one transaction: one for each Service, up to this many. */
const spansPerSync = 16;
const hostPortOwner = "host ports";
const byService = "service";

class NodeProxy implements KubeProxy {
  readonly #deps: KubeProxyDeps;
  readonly #options: KubeProxyOptions;
  readonly #state = new EntryTableState();
  readonly #plans = new Map<string, ServicePlan>();
  /** Services to look at again, and what led to it. */
  #dirty = new Map<string, Cause[]>();
  #wake = Promise.withResolvers<void>();
  #inPlace = false;
  #services!: Informer<Service>;
  #slices!: Informer<EndpointSlice>;

  constructor(deps: KubeProxyDeps, options: KubeProxyOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  get healthy(): boolean {
    return this.#inPlace;
  }

  setHostPorts(ports: readonly HostPort[]): void {
    this.#state.set(hostPortOwner, planHostPorts(ports));
    this.#wake.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    const informers = createInformerFactory(this.#deps);
    this.#services = informers.informer(services);
    this.#slices = informers.informer(endpointSlices);
    this.#slices.addIndex(byService, slice => [serviceKeyOfSlice(slice)]);
    const off = [
      this.#services.addHandler(event => this.#changed(keyOf(event.object), event.cause)),
      this.#slices.addHandler(event => this.#sliceChanged(event)),
    ];
    const running = informers.run(signal);
    try {
      await informers.waitForSync(signal);
      await this.#loop(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const remove of off) remove();
      await running;
    }
  }

  #sliceChanged({ object, old, cause }: InformerEvent<EndpointSlice>): void {
    this.#changed(serviceKeyOfSlice(object), cause);
    if (old !== undefined && serviceKeyOfSlice(old) !== serviceKeyOfSlice(object)) {
      this.#changed(serviceKeyOfSlice(old), cause);
    }
  }

  #changed(key: string, cause: Cause): void {
    if (key === "") return;
    const causes = this.#dirty.get(key);
    if (causes === undefined) this.#dirty.set(key, [cause]);
    else causes.push(cause);
    this.#wake.resolve();
  }

  async #loop(signal: AbortSignal): Promise<void> {
    let failures = 0;
    const aborted = rejectOnAbort(signal);
    await this.#sync();
    while (!signal.aborted) {
      if (!this.#inPlace) {
        await this.#deps.clock.sleep(backoffMs(failures++, retry), signal);
      } else {
        failures = 0;
        await Promise.race([this.#wake.promise, aborted]);
        await this.#deps.clock.sleep(coalesceMs, signal);
      }
      await this.#sync();
    }
  }

  async #sync(): Promise<void> {
    const { clock } = this.#deps;
    this.#wake = Promise.withResolvers();
    const dirty = this.#dirty;
    this.#dirty = new Map();
    const startMs = clock.now();
    const started = clock.monotonic();
    const staleFlows = [...dirty.keys()].flatMap(key => this.#plan(key));
    const full = !this.#inPlace;
    const changes = this.#state.takeChanges();
    const text = full ? fullTransaction(this.#state.all(), this.#options) : changeTransaction(changes);
    const error = text === "" ? undefined : await this.#apply(text);
    this.#inPlace = error === undefined;
    if (error !== undefined) this.#tell(error);
    if (error === undefined) await this.#forget(staleFlows);
    if (text === "" || dirty.size === 0) return;
    this.#record(dirty, {
      startMs,
      durationMs: clock.monotonic() - started,
      ...(error !== undefined && { error }),
      attributes: { full, added: changes.added.length, removed: changes.removed.length, services: dirty.size },
    });
  }

  /** Brings one Service's entries up to date; answers the commands that forget its stale UDP flows. */
  #plan(key: string): readonly (readonly string[])[] {
    const service = this.#services.get(key);
    const slices = this.#slices.byIndex(byService, key);
    const plan = service && planService(service, slices, this.#options.nodeName);
    const before: readonly UdpFlow[] = this.#plans.get(key)?.udpFlows ?? [];
    this.#state.set(key, plan?.entries ?? []);
    if (plan !== undefined) this.#plans.set(key, plan);
    else this.#plans.delete(key);
    return staleFlowCommands(before, plan?.udpFlows ?? [], this.#options.nodeIp);
  }

  /** Undefined when the kernel took it. After a failure the whole table is written anew. */
  async #apply(text: string): Promise<string | undefined> {
    const { helper, log } = this.#deps;
    try {
      const { exitCode, stderr } = await helper.run(["nft", "-f", "-"], { input: text, timeoutMs: nftTimeoutMs });
      if (exitCode === 0) return undefined;
      log.error("nftables refused the rules; writing all of them again", { stderr: stderr.slice(0, 1000) });
      return stderr.slice(0, 200);
    } catch (error) {
      log.error("the rules could not be applied; writing all of them again", { error });
      return String(error);
    }
  }

  #tell(error: string): void {
    const node = { metadata: { name: this.#options.nodeName, uid: this.#options.nodeName }, spec: {} };
    this.#deps.events?.event(nodes, node, "Warning", "RulesNotApplied", `Service rules were not applied: ${error}`);
  }

  async #forget(commands: readonly (readonly string[])[]): Promise<void> {
    for (const command of commands) {
      // Exit code 1 says that there was no such flow.
      await this.#deps.helper
        .run(command, { timeoutMs: nftTimeoutMs })
        .catch(error => this.#deps.log.warn("UDP flows could not be forgotten", { error }));
    }
  }

  #record(dirty: ReadonlyMap<string, readonly Cause[]>, measured: Measured): void {
    for (const [key, causes] of [...dirty].slice(0, spansPerSync)) {
      const [namespace, name] = key.split("/");
      const cause = unionCauses(causes);
      const uid = this.#services.get(key)?.metadata.uid;
      this.#deps.recorder.record({
        component: "kube-proxy",
        node: this.#options.nodeName,
        name: "sync rules",
        ...measured,
        ...(cause && { cause }),
        subject: { resource: "services", namespace: namespace!, name: name!, ...(uid && { uid }) },
      });
    }
  }
}

interface Measured {
  readonly startMs: number;
  readonly durationMs: number;
  readonly error?: string;
  readonly attributes: Readonly<Record<string, number | boolean>>;
}
