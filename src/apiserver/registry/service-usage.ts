import type { Service } from "#api/core/v1/service.ts";
import type { CacheEvent, WatchCache } from "../watch-cache/watch-cache.ts";

/**
 * Which addresses and node ports the stored Services have. Follows the cache, so that nothing has to be repaired:
 * whatever deletes a Service frees what it had.
 */
export class ServiceUsage implements Disposable {
  readonly #addresses = new Map<string, string>();
  readonly #nodePorts = new Map<number, string>();
  readonly #held = new Map<string, { addresses: readonly string[]; nodePorts: readonly number[] }>();
  readonly #watch: Disposable;

  constructor(cache: WatchCache<Service>) {
    const everything = { text: "" };
    for (const { object } of cache.list(everything)) this.#add(object);
    this.#watch = cache.watch(everything, undefined, {
      onEvents: events => this.#follow(events),
      onEnd: () => {},
    });
  }

  ownerOfAddress(address: string): string | undefined {
    return this.#addresses.get(address);
  }

  ownerOfNodePort(port: number): string | undefined {
    return this.#nodePorts.get(port);
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #follow(events: readonly CacheEvent<Service>[]): void {
    for (const { type, version } of events) {
      this.#remove(serviceKey(version.object));
      if (type !== "DELETED") this.#add(version.object);
    }
  }

  #add(service: Service): void {
    const key = serviceKey(service);
    const held = { addresses: addressesOf(service), nodePorts: nodePortsOf(service) };
    this.#held.set(key, held);
    for (const address of held.addresses) this.#addresses.set(address, key);
    for (const port of held.nodePorts) this.#nodePorts.set(port, key);
  }

  #remove(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    for (const address of held.addresses) if (this.#addresses.get(address) === key) this.#addresses.delete(address);
    for (const port of held.nodePorts) if (this.#nodePorts.get(port) === key) this.#nodePorts.delete(port);
  }
}

function serviceKey({
  metadata,
}: {
  readonly metadata: { namespace?: string | undefined; name?: string | undefined };
}): string {
  return `${metadata.namespace}/${metadata.name}`;
}

export function addressesOf({ spec }: Service): readonly string[] {
  if (spec.type === "ExternalName") return [];
  const all = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
  return all.filter(address => address !== "" && address !== "None");
}

export function nodePortsOf({ spec }: Service): readonly number[] {
  const ports = (spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0);
  return [...ports, spec.healthCheckNodePort ?? 0].filter(port => port > 0);
}
