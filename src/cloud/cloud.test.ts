import { describe, expect, it } from "vitest";
import type { Node } from "#api/core/v1/node.ts";
import type { Service } from "#api/core/v1/service.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { latestOnly } from "./latest-only.ts";
import { planPorts } from "./localhost-ports.ts";
import { planRoutes, routeCommands } from "./node-routes.ts";

const node = (name: string, podCIDR: string | undefined, address: string): Node => ({
  metadata: { name },
  spec: podCIDR === undefined ? {} : { podCIDR },
  status: { addresses: [{ type: "InternalIP", address }] } as Node["status"] & object,
});

describe("node routes", () => {
  it("lead to the pods of the others", () => {
    const all = [
      node("a", "10.244.0.0/24", "198.18.0.11"),
      node("b", "10.244.1.0/24", "198.18.0.12"),
      node("c", undefined, "198.18.0.13"),
    ];
    expect([...planRoutes(all, "a")]).toEqual([["10.244.1.0/24", "198.18.0.12"]]);
  });

  it("change only what differs", () => {
    const now = new Map([
      ["10.244.1.0/24", "198.18.0.12"],
      ["10.244.2.0/24", "198.18.0.13"],
    ]);
    const wanted = new Map([
      ["10.244.1.0/24", "198.18.0.12"],
      ["10.244.3.0/24", "198.18.0.13"],
    ]);
    expect(routeCommands(now, wanted)).toEqual([
      "route del 10.244.2.0/24 proto 210",
      "route replace 10.244.3.0/24 via 198.18.0.13 proto 210",
    ]);
  });
});

describe("localhost ports", () => {
  it("are the NodePorts by protocol", () => {
    const service = {
      metadata: { name: "s" },
      spec: {
        ports: [
          { port: 80, protocol: "TCP", nodePort: 30_080 },
          { port: 53, protocol: "UDP", nodePort: 30_053 },
          { port: 81 },
        ],
      },
    } as unknown as Service;
    expect([...planPorts([service]).keys()]).toEqual(["tcp . 30080", "udp . 30053"]);
  });
});

describe("latest only", () => {
  it("runs once for many pokes and ends with the signal", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const work = latestOnly(clock, abort.signal);
    let runs = 0;
    const ended = (async () => {
      for await (const _ of work) runs++;
    })();
    await clock.advance(0);
    expect(runs).toBe(1);
    work.poke();
    work.poke();
    await clock.advance(0);
    expect(runs).toBe(2);
    work.pokeAfter(100);
    await clock.advance(100);
    expect(runs).toBe(3);
    abort.abort();
    await ended;
  });
});
