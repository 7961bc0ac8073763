import { type Service, services } from "#api/core/v1/service.ts";
import { isExternallyAccessible } from "#api/core/v1/service-defaults.ts";
import { type FieldError, invalid as invalidField } from "#api/field-error.ts";
import type { Mutable } from "#api/resource.ts";
import { failure, invalid } from "#api/status.ts";
import type { Random } from "#base/random.ts";
import type { WatchCache } from "../watch-cache/watch-cache.ts";
import { type AddressProxyDeps, serviceProxy } from "./address-proxy.ts";
import { type Allocator, createAllocator } from "./allocator.ts";
import { ipRange } from "./ip-range.ts";
import type { Registry, Release } from "./registry.ts";
import { addressesOf, nodePortsOf, ServiceUsage } from "./service-usage.ts";

export interface ServiceRegistryDeps extends AddressProxyDeps {
  readonly cache: WatchCache<Service>;
  /** Runs `then` once the cache knows every write acknowledged so far. */
  afterWrites(then: () => void): void;
}

export interface ServiceRegistryOptions {
  readonly clusterIpRange: string;
  readonly nodePortRange: { readonly from: number; readonly to: number };
}

export interface ServiceRegistry extends Registry<Service>, Disposable {}

/** Services get an address for life, and node ports while their type needs them. */
export function serviceRegistry(deps: ServiceRegistryDeps, options: ServiceRegistryOptions): ServiceRegistry {
  const usage = new ServiceUsage(deps.cache);
  const range = ipRange(options.clusterIpRange);
  const { from, to } = options.nodePortRange;
  const addresses = createAllocator(range.size, offset => usage.ownerOfAddress(range.at(offset)) !== undefined);
  const nodePorts = createAllocator(to - from + 1, offset => usage.ownerOfNodePort(from + offset) !== undefined);

  const takeAddress = (taken: Taken, service: Mutable<Service>, old: Service | undefined): FieldError | undefined => {
    const { spec } = service;
    const asked = spec.clusterIPs?.[0] || spec.clusterIP || "";
    if (asked === "None" || (old !== undefined && addressesOf(old).includes(asked))) return undefined;
    const refused = (reason: string) =>
      invalidField("spec.clusterIPs", [asked], `failed to allocate IP ${asked}: ${reason}`);
    if (asked === "") {
      const address = range.at(taken.next(addresses, deps.random, "address"));
      spec.clusterIP = address;
      spec.clusterIPs = [address];
      return undefined;
    }
    const offset = range.offsetOf(asked);
    if (offset === undefined) {
      return refused(`the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${range.text}`);
    }
    if (!taken.take(addresses, offset)) return refused("provided IP is already allocated");
    spec.clusterIP = asked;
    spec.clusterIPs = [asked];
    return undefined;
  };

  const takeNodePort = (taken: Taken, port: number, mine: Set<number>, field: string): number | FieldError => {
    if (port === 0) return from + taken.next(nodePorts, deps.random, "node port");
    if (mine.has(port)) return port;
    if (port < from || port > to) {
      const detail = `provided port is not in the valid range. The range of valid ports is ${from}-${to}`;
      return invalidField(field, port, detail);
    }
    return taken.take(nodePorts, port - from) ? port : invalidField(field, port, "provided port is already allocated");
  };

  /** Ports that differ only in protocol share a node port. */
  const takeNodePorts = (taken: Taken, service: Mutable<Service>, old: Service | undefined): FieldError[] => {
    const mine = new Set(old === undefined ? [] : nodePortsOf(old));
    const byPort = new Map<number, number>();
    const errors: FieldError[] = [];
    (service.spec.ports ?? []).forEach((port, index) => {
      const asked = port.nodePort || byPort.get(port.port) || 0;
      const got = takeNodePort(taken, asked, mine, `spec.ports[${index}].nodePort`);
      if (typeof got !== "number") {
        errors.push(got);
        return;
      }
      port.nodePort = got;
      byPort.set(port.port, got);
      mine.add(got);
    });
    if (!needsHealthCheck(service as Service)) return errors;
    const got = takeNodePort(taken, service.spec.healthCheckNodePort ?? 0, mine, "spec.healthCheckNodePort");
    if (typeof got === "number") service.spec.healthCheckNodePort = got;
    else errors.push(got);
    return errors;
  };

  return {
    definition: services,
    returnsDeletedObject: true,
    subresources: { proxy: request => serviceProxy(deps, request) },

    prepare(service, old, { dryRun }) {
      const taken = new Taken();
      keepAllocations(service, old);
      const errors: FieldError[] = [];
      if (service.spec.type !== "ExternalName") {
        singleStack(service);
        const error = takeAddress(taken, service, old);
        if (error !== undefined) errors.push(error);
      }
      if (needsNodePorts(service as Service)) errors.push(...takeNodePorts(taken, service, old));
      if (errors.length === 0) return () => (dryRun ? taken.giveBack() : deps.afterWrites(() => taken.giveBack()));
      taken.giveBack();
      throw invalid(services, service.metadata.name ?? "", errors);
    },

    [Symbol.dispose]: () => usage[Symbol.dispose](),
  };
}

/** What one write took; given back once the cache shows it, or when the write came to nothing. */
class Taken {
  readonly #releases: Release[] = [];

  next(allocator: Allocator, random: Random, what: string): number {
    const offset = allocator.next(random);
    if (offset === undefined) throw failure(500, "InternalError", `failed to allocate a ${what}: range is full`);
    this.#releases.push(() => allocator.giveBack(offset));
    return offset;
  }

  take(allocator: Allocator, offset: number): boolean {
    if (!allocator.take(offset)) return false;
    this.#releases.push(() => allocator.giveBack(offset));
    return true;
  }

  giveBack(): void {
    for (const release of this.#releases) release();
  }
}

/** An update that leaves out what the server gave keeps it; a type that needs none of it loses it. */
function keepAllocations({ spec }: Mutable<Service>, old: Service | undefined): void {
  if (spec.type === "ExternalName") {
    for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] as const) delete spec[field];
  } else if (old !== undefined && old.spec.type !== "ExternalName") {
    if (!spec.clusterIP && old.spec.clusterIP) spec.clusterIP = old.spec.clusterIP;
    if (!spec.clusterIPs?.length && spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  }
  if (old === undefined) return;
  dropOldType(spec, old.spec);
  if (!needsNodePorts({ spec } as Service)) return;
  for (const port of spec.ports ?? []) {
    const before = old.spec.ports?.find(other => other.port === port.port && other.protocol === port.protocol);
    if (!port.nodePort && before?.nodePort) port.nodePort = before.nodePort;
  }
  if (!spec.healthCheckNodePort && old.spec.healthCheckNodePort && needsHealthCheck({ spec } as Service)) {
    spec.healthCheckNodePort = old.spec.healthCheckNodePort;
  }
}

const loadBalancerFields = ["allocateLoadBalancerNodePorts", "loadBalancerClass"] as const;

/**
 * Fields that only the old type may have and that came back as they were read: nobody asked for them, so a change of
 * the type alone takes them off.
 */
function dropOldType(spec: Mutable<Service["spec"]>, old: Service["spec"]): void {
  const drop = (field: keyof Service["spec"]) => {
    if (spec[field] === old[field]) delete spec[field];
  };
  if (!needsNodePorts({ spec } as Service) && needsNodePorts({ spec: old } as Service)) {
    const before = new Set(nodePortsOf({ spec: old } as Service));
    for (const port of spec.ports ?? []) if (port.nodePort && before.has(port.nodePort)) delete port.nodePort;
  }
  if (!isExternallyAccessible(spec as Service["spec"]) && isExternallyAccessible(old)) drop("externalTrafficPolicy");
  if (!needsHealthCheck({ spec } as Service) && needsHealthCheck({ spec: old } as Service)) drop("healthCheckNodePort");
  if (spec.type !== "LoadBalancer" && old.type === "LoadBalancer") for (const field of loadBalancerFields) drop(field);
}

/** This cluster has IPv4 only. */
function singleStack({ spec }: Mutable<Service>): void {
  spec.ipFamilyPolicy ??= "SingleStack";
  if (!spec.ipFamilies?.length) spec.ipFamilies = ["IPv4"];
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (spec.clusterIPs?.length && !spec.clusterIP) spec.clusterIP = spec.clusterIPs[0]!;
}

function needsNodePorts({ spec }: Service): boolean {
  return spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
}

function needsHealthCheck({ spec }: Service): boolean {
  return spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
}
