import type { Service } from "#api/core/v1/service.ts";
import { type FieldError, invalid as invalidField } from "#api/field-error.ts";
import type { Mutable } from "#api/resource.ts";
import { failure } from "#api/status.ts";
import type { Random } from "#base/random.ts";
import { type Allocator, createAllocator } from "./allocator.ts";
import { type IpRange, ipRange } from "./ip-range.ts";
import type { Release } from "./registry.ts";
import { needsHealthCheck } from "./service-fields.ts";
import { addressesOf, nodePortsOf, type ServiceUsage } from "./service-usage.ts";

export interface ServiceAllocatorDeps {
  readonly usage: ServiceUsage;
  readonly random: Random;
}

export interface ServiceAllocatorOptions {
  readonly clusterIpRange: string;
  readonly nodePortRange: { readonly from: number; readonly to: number };
}

/** Hands out cluster IPs and node ports, each to one Service at a time. */
export class ServiceAllocator {
  readonly #random: Random;
  readonly #range: IpRange;
  readonly #from: number;
  readonly #to: number;
  readonly #addresses: Allocator;
  readonly #nodePorts: Allocator;

  constructor({ usage, random }: ServiceAllocatorDeps, options: ServiceAllocatorOptions) {
    const range = ipRange(options.clusterIpRange);
    const { from, to } = options.nodePortRange;
    this.#random = random;
    this.#range = range;
    this.#from = from;
    this.#to = to;
    this.#addresses = createAllocator(range.size, offset => usage.ownerOfAddress(range.at(offset)) !== undefined);
    this.#nodePorts = createAllocator(to - from + 1, offset => usage.ownerOfNodePort(from + offset) !== undefined);
  }

  /** Writes a cluster IP into the Service: the one that it asks for, or a free one; what it has it keeps. */
  takeAddress(taken: Taken, service: Mutable<Service>, old: Service | undefined): FieldError | undefined {
    const { spec } = service;
    const asked = spec.clusterIPs?.[0] || spec.clusterIP || "";
    if (asked === "None" || (old !== undefined && addressesOf(old).includes(asked))) return undefined;
    if (asked === "") {
      const address = this.#range.at(taken.next(this.#addresses, this.#random, "address"));
      spec.clusterIP = address;
      spec.clusterIPs = [address];
      return undefined;
    }
    const refused = (reason: string) =>
      invalidField("spec.clusterIPs", [asked], `failed to allocate IP ${asked}: ${reason}`);
    const offset = this.#range.offsetOf(asked);
    if (offset === undefined) {
      const { text } = this.#range;
      return refused(`the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${text}`);
    }
    if (!taken.take(this.#addresses, offset)) return refused("provided IP is already allocated");
    spec.clusterIP = asked;
    spec.clusterIPs = [asked];
    return undefined;
  }

  /** Writes a node port into every port of the Service. Ports that differ only in protocol share one. */
  takeNodePorts(taken: Taken, service: Mutable<Service>, old: Service | undefined): FieldError[] {
    const mine = new Set(old === undefined ? [] : nodePortsOf(old));
    const byPort = new Map<number, number>();
    const errors: FieldError[] = [];
    (service.spec.ports ?? []).forEach((port, index) => {
      const asked = port.nodePort || byPort.get(port.port) || 0;
      const got = this.#takeNodePort(taken, asked, mine, `spec.ports[${index}].nodePort`);
      if (typeof got !== "number") {
        errors.push(got);
        return;
      }
      port.nodePort = got;
      byPort.set(port.port, got);
      mine.add(got);
    });
    if (!needsHealthCheck(service as Service)) return errors;
    const got = this.#takeNodePort(taken, service.spec.healthCheckNodePort ?? 0, mine, "spec.healthCheckNodePort");
    if (typeof got === "number") service.spec.healthCheckNodePort = got;
    else errors.push(got);
    return errors;
  }

  #takeNodePort(taken: Taken, port: number, mine: ReadonlySet<number>, field: string): number | FieldError {
    const [from, to] = [this.#from, this.#to];
    if (port === 0) return from + taken.next(this.#nodePorts, this.#random, "node port");
    if (mine.has(port)) return port;
    if (port < from || port > to) {
      const detail = `provided port is not in the valid range. The range of valid ports is ${from}-${to}`;
      return invalidField(field, port, detail);
    }
    if (!taken.take(this.#nodePorts, port - from))
      return invalidField(field, port, "provided port is already allocated");
    return port;
  }
}

/** What one write took; given back once the cache shows it, or when the write came to nothing. */
export class Taken {
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
