import { expect, test } from "vitest";
import { clusterPaths } from "./paths.ts";
import { connectIfMade, missingPorts } from "./status.ts";

test("NodePorts that localhost does not lead to are found by port and protocol", () => {
  const ports = [
    { nodePort: 30_599 },
    { protocol: "UDP", nodePort: 30_053 },
    { protocol: "TCP", nodePort: 30_053 },
    { protocol: "SCTP", nodePort: 30_100 },
    {},
  ];
  const map = "elements = { tcp . 30599 : 198.18.5.11, udp . 30053 : 198.18.5.11 }";
  expect(missingPorts({ items: [{ spec: { ports } }, { spec: {} }] }, map)).toEqual([30_053]);
  expect(missingPorts({ items: [{ spec: { ports } }] }, "")).toEqual([30_053, 30_053, 30_599]);
});

test("a cluster that is being made has nobody to ask yet", async () => {
  const plan = { nodes: [] } as unknown as Parameters<typeof connectIfMade>[0];
  expect(await connectIfMade(plan, clusterPaths("never-made"))).toBeUndefined();
});
