import { formatQuantity, parseQuantity, quantityOf, subtractQuantities } from "#wire/quantity.ts";
import type { DiskUsage, MachineInfo } from "../host.ts";

export type Resources = Readonly<Record<string, string>>;

export interface ResourceOptions {
  readonly maxPods: number;
  readonly systemReserved: Resources;
  readonly kubeReserved: Resources;
}

/** Upstream's hard eviction thresholds: kept free of pods. */
const evictionMemory = "100Mi";
const evictionDiskShare = 0.1;

/** All there is, by resource name. */
export function nodeCapacity(machine: MachineInfo, disk: DiskUsage, options: ResourceOptions): Resources {
  return {
    cpu: String(machine.cpus),
    "ephemeral-storage": bytes(disk.capacityBytes),
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: bytes(machine.memoryBytes),
    pods: String(options.maxPods),
  };
}

function bytes(count: number): string {
  return formatQuantity(quantityOf(count, "BinarySI"));
}

/** What pods may have of it: less the reservations and the eviction thresholds. */
export function nodeAllocatable(capacity: Resources, disk: DiskUsage, options: ResourceOptions): Resources {
  const result: Record<string, string> = {};
  for (const [name, text] of Object.entries(capacity)) {
    let left = parseQuantity(text);
    for (const reserved of [options.systemReserved, options.kubeReserved]) {
      if (reserved[name] !== undefined) left = subtractQuantities(left, parseQuantity(reserved[name]));
    }
    if (name === "memory") left = subtractQuantities(left, parseQuantity(evictionMemory));
    if (name === "ephemeral-storage") {
      left = subtractQuantities(
        quantityOf(left.nanos / 1_000_000_000n),
        quantityOf(Math.floor(disk.capacityBytes * evictionDiskShare)),
      );
    }
    result[name] = formatQuantity(left.nanos < 0n ? quantityOf(0) : left);
  }
  return result;
}
