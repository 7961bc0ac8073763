import { describe, expect, it } from "vitest";
import type { Node } from "#api/core/v1/node.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import type { Helper } from "#base/helper.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createInformerFactory } from "#client/informer.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { MemoryApi } from "#testing/memory-api.ts";
import { latestOnly } from "./latest-only.ts";
import { createLocalhostPorts, listensOnLoopback, planPorts } from "./localhost-ports.ts";
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
    } as Service;
    expect([...planPorts([service]).keys()]).toEqual(["tcp . 30080", "udp . 30053"]);
  });
});

describe("listeners", () => {
  it("count when the loopback leads to them", () => {
    expect(listensOnLoopback("LISTEN 0 128 0.0.0.0:30599 0.0.0.0:*")).toBe(true);
    expect(listensOnLoopback("LISTEN 0 511 *:30599 *:*\n")).toBe(true);
    expect(listensOnLoopback("UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*")).toBe(true);
    expect(listensOnLoopback("LISTEN 0 128 192.0.2.2:30599 0.0.0.0:*")).toBe(false);
    expect(listensOnLoopback("")).toBe(false);
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

describe("keeping localhost ports in step", () => {
  it("takes the ports that are free, tells once of one that is another's, and begins anew after a failure", async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const api = new MemoryApi(clock);
    const informers = createInformerFactory({ client: api.client, clock, random: seededRandom(1), log: silentLog });
    const commands: string[] = [];
    const events: string[] = [];
    let failNext = true;
    let listener = "LISTEN 0 128 127.0.0.1:30082 0.0.0.0:*\n";
    const run: Helper["run"] = async (argv, options) => {
      const line = argv.slice(2).join(" ");
      const isWrite = line === "nft -f -";
      if (isWrite || line.includes("flush")) commands.push(options?.input === undefined ? line : String(options.input));
      const exitCode = isWrite && failNext ? 1 : line.includes("get element") && !line.includes("30080") ? 1 : 0;
      if (isWrite) failNext = false;
      if (line.startsWith("ss ")) return { exitCode: 0, stdout: line.includes(":30082") ? listener : "", stderr: "" };
      return { exitCode, stdout: "table ip k8ts-a\ntable ip k8ts-b\n", stderr: "" };
    };
    const ports = createLocalhostPorts(
      {
        informers,
        helper: { run } as Helper,
        events: { event: (_resource, _object, _type, reason, message) => events.push(`${reason}: ${message}`) },
        clock,
        log: silentLog,
      },
      { networkPin: "/pin", table: "k8ts-a", nodeIp: "198.18.0.11" },
    );
    const spec = {
      ports: [
        { port: 80, protocol: "TCP", nodePort: 30_080 },
        { port: 81, protocol: "TCP", nodePort: 30_081 },
        { port: 82, protocol: "TCP", nodePort: 30_082 },
      ],
    };
    await api.client.create(services, { metadata: { namespace: "default", name: "web" }, spec } as Service);
    const running = [informers.run(abort.signal), ports.run(abort.signal)];
    await clock.advance(0);
    await clock.advance(1000);
    const flush = "nft flush map ip k8ts-a localports";
    const add = "add element ip k8ts-a localports { tcp . 30081 : 198.18.0.11 }\n";
    expect(commands).toEqual([flush, add, flush, add]);
    expect(events).toEqual([
      "LocalhostPortInUse: localhost:30080 leads to another cluster (k8ts-b): use the address of a node",
      "LocalhostPortInUse: localhost:30082 is a program's on this machine: use the address of a node",
    ]);
    listener = "";
    await clock.advance(10_000);
    expect(commands.at(-1)).toBe("add element ip k8ts-a localports { tcp . 30082 : 198.18.0.11 }\n");
    expect(events).toHaveLength(2);
    await api.client.delete(services, { namespace: "default", name: "web" });
    await clock.advance(0);
    expect(commands.at(-1)).toContain("delete element ip k8ts-a localports { tcp . 30081 }\n");
    abort.abort();
    await Promise.allSettled(running);
  });
});
