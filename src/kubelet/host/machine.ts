import { readFile } from "node:fs/promises";
import { availableParallelism, hostname, machine, release } from "node:os";
import type { MachineInfo } from "../host.ts";

const architectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** The facts of the machine this process runs on. */
export async function readMachine(): Promise<MachineInfo> {
  const [memory, osRelease, machineId, systemUuid, bootId] = await Promise.all(
    [
      "/proc/meminfo",
      "/etc/os-release",
      "/etc/machine-id",
      "/sys/class/dmi/id/product_uuid",
      "/proc/sys/kernel/random/boot_id",
    ].map(readText),
  );
  return {
    cpus: availableParallelism(),
    memoryBytes: memoryLine(memory!, "MemTotal"),
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease!)?.[1] ?? "Linux",
    architecture: architectures[machine()] ?? machine(),
    machineId: machineId!.trim(),
    systemUuid: systemUuid!.trim() || machineId!.trim(),
    bootId: bootId!.trim(),
    hostname: hostname(),
  };
}

export async function readMemoryAvailable(): Promise<number> {
  return memoryLine(await readText("/proc/meminfo"), "MemAvailable");
}

function memoryLine(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}
