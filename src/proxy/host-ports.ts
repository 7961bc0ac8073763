import type { Entry } from "./entries.ts";

/** A port of the node that leads to a port of one of its pods. */
export interface HostPort {
  readonly protocol: "TCP" | "UDP";
  readonly hostPort: number;
  readonly podIp: string;
  readonly containerPort: number;
}

export function planHostPorts(ports: readonly HostPort[]): readonly Entry[] {
  return ports.flatMap(({ protocol, hostPort, podIp, containerPort }): Entry[] => [
    { table: "hp", key: `${protocol.toLowerCase()} . ${hostPort}`, value: `${podIp} . ${containerPort}` },
    { table: "hairpin", key: `${podIp} . ${podIp}`, value: "" },
  ]);
}
