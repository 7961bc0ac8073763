import type { UdpFlow } from "./plan.ts";

/** Commands that forget UDP flows to endpoints that are gone, so that their clients are sent elsewhere. */
export function staleFlowCommands(
  before: readonly UdpFlow[],
  after: readonly UdpFlow[],
  nodeIp: string,
): readonly (readonly string[])[] {
  const kept = new Set(after.map(flowKey));
  return before
    .filter(flow => !kept.has(flowKey(flow)))
    .map(({ address = nodeIp, port, endpoint }) => [
      "conntrack",
      ...["-D", "-p", "udp", "--orig-dst", address, "--orig-port-dst", String(port), "--reply-src", endpoint],
    ]);
}

function flowKey({ address, port, endpoint }: UdpFlow): string {
  return `${address ?? ""}|${port}|${endpoint}`;
}
