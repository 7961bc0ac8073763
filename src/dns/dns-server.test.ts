import { Resolver } from "node:dns/promises";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namespaces } from "#api/core/v1/namespace.ts";
import { type ServicePort, services } from "#api/core/v1/service.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { exchangeDatagram } from "#base/host/datagram.ts";
import { dnsSockets } from "#base/host/dns-sockets.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { exchangeStream } from "#base/host/tcp.ts";
import { silentLog } from "#base/log.ts";
import { ObjectClient } from "#testing/object-client.ts";
import { createDnsServer } from "./dns-server.ts";
import { framed } from "./tcp-framing.ts";
import { decodeMessage } from "./wire/decode.ts";
import { encodeMessage } from "./wire/encode.ts";
import { type Message, recordTypes } from "./wire/message.ts";

const domain = "cluster.local";

function cluster(): ObjectClient {
  const ports: readonly ServicePort[] = [
    { name: "http", protocol: "TCP", port: 80 },
    { name: "dns", protocol: "UDP", port: 53 },
  ];
  const endpoint = (ip: string, more: object = {}) => ({ addresses: [ip], conditions: {}, ...more });
  return new ObjectClient()
    .set(namespaces, { metadata: { name: "shop" }, spec: {} })
    .set(services, { metadata: { name: "web", namespace: "shop" }, spec: { clusterIP: "10.96.0.50", ports } })
    .set(services, {
      metadata: { name: "db", namespace: "shop" },
      spec: { clusterIP: "None", ports: ports.slice(0, 1) },
    })
    .set(services, { metadata: { name: "empty", namespace: "shop" }, spec: { clusterIP: "None" } })
    .set(services, {
      metadata: { name: "out", namespace: "shop" },
      spec: { type: "ExternalName", externalName: "example.com" },
    })
    .set(services, {
      metadata: { name: "alias", namespace: "shop" },
      spec: { type: "ExternalName", externalName: "web.shop.svc.cluster.local" },
    })
    .set(endpointSlices, {
      metadata: { name: "db-1", namespace: "shop", labels: { "kubernetes.io/service-name": "db" } },
      addressType: "IPv4",
      ports: [{ name: "http", protocol: "TCP", port: 8080 }],
      endpoints: [
        endpoint("10.244.1.2", { hostname: "db-0" }),
        endpoint("10.244.2.3"),
        endpoint("10.244.2.4", { conditions: { ready: false } }),
      ],
    });
}

/** A name server of the outside: every name is 192.0.2.1. */
async function outside(query: Uint8Array): Promise<Uint8Array> {
  const asked = decodeMessage(query);
  if (asked.questions[0]!.name === "broken.example.com") throw new Error("timeout");
  const name = asked.questions[0]!.name;
  const answers = [{ name, ttlSeconds: 300, data: { type: "A" as const, address: "192.0.2.1" } }];
  return encodeMessage({ ...asked, isResponse: true, recursionAvailable: true, answers });
}

describe("the cluster's name server", () => {
  const end = new AbortController();
  let forwarded = 0;
  const forward = (query: Uint8Array) => {
    forwarded++;
    return outside(query);
  };
  const objects = cluster();
  const server = createDnsServer(
    { client: objects.client, sockets: dnsSockets(), clock: systemClock(), log: silentLog, forward },
    { clusterDomain: domain, listen: ["127.0.0.1"], port: 0 },
  );
  const resolver = new Resolver({ timeout: 30_000, tries: 1 });
  let running: Promise<void>;

  beforeAll(async () => {
    running = server.run(end.signal);
    await server.ready();
    resolver.setServers([`127.0.0.1:${server.port}`]);
  });
  afterAll(async () => {
    end.abort();
    await running;
  });

  const ask = async (name: string, type: number, more: Partial<Message> = {}): Promise<Message> => {
    const query = encodeMessage({
      id: 7,
      isResponse: false,
      opcode: 0,
      authoritative: false,
      truncated: false,
      recursionDesired: true,
      recursionAvailable: false,
      responseCode: 0,
      questions: [{ name, type, class: 1 }],
      answers: [],
      authorities: [],
      additionals: [],
      ...more,
    });
    return decodeMessage(await exchangeDatagram({ host: "127.0.0.1", port: server.port }, query, 2000));
  };

  test.each([
    ["web.shop.svc.cluster.local", ["10.96.0.50"]],
    ["WEB.shop.SVC.cluster.local", ["10.96.0.50"]],
    ["db.shop.svc.cluster.local", ["10.244.1.2", "10.244.2.3"]],
    ["db-0.db.shop.svc.cluster.local", ["10.244.1.2"]],
    ["10-244-2-3.db.shop.svc.cluster.local", ["10.244.2.3"]],
    ["10-244-9-9.shop.pod.cluster.local", ["10.244.9.9"]],
    ["alias.shop.svc.cluster.local", ["10.96.0.50"]],
    ["out.shop.svc.cluster.local", ["192.0.2.1"]],
    ["www.example.com", ["192.0.2.1"]],
  ])("%s", async (name, expected) => {
    expect((await resolver.resolve4(name)).sort()).toEqual(expected);
  });

  test.each([
    ["none.shop.svc.cluster.local", 3],
    ["web.nowhere.svc.cluster.local", 3],
    ["10-1-1-1.nowhere.pod.cluster.local", 3],
    ["empty.shop.svc.cluster.local", 3],
    ["_http._udp.web.shop.svc.cluster.local", 3],
    ["shop.svc.cluster.local", 0],
    ["svc.cluster.local", 0],
    ["broken.example.com", 2],
  ])("%s has no address: code %i", async (name, code) => {
    const response = await ask(name, recordTypes.A);
    expect(response.responseCode).toBe(code);
    expect(response.answers).toEqual([]);
    if (code !== 2) expect(response.authorities).toMatchObject([{ name: domain, data: { type: "SOA" } }]);
  });

  test("an address of the other family is no denial of the name", async () => {
    const response = await ask("web.shop.svc.cluster.local", recordTypes.AAAA);
    expect(response).toMatchObject({ responseCode: 0, answers: [], authoritative: true });
  });

  test("SRV names port and target, with the target's address beside", async () => {
    expect(await resolver.resolveSrv("_http._tcp.web.shop.svc.cluster.local")).toEqual([
      expect.objectContaining({ name: "web.shop.svc.cluster.local", port: 80, priority: 0, weight: 100 }),
    ]);
    const headless = await resolver.resolveSrv("_http._tcp.db.shop.svc.cluster.local");
    expect(headless.map(({ name, port, weight }) => `${name} ${port} ${weight}`).sort()).toEqual([
      "10-244-2-3.db.shop.svc.cluster.local 8080 50",
      "db-0.db.shop.svc.cluster.local 8080 50",
    ]);
    const response = await ask("_dns._udp.web.shop.svc.cluster.local", recordTypes.SRV);
    expect(response.additionals).toMatchObject([{ data: { type: "A", address: "10.96.0.50" } }]);
  });

  test("addresses back to names", async () => {
    expect(await resolver.reverse("10.96.0.50")).toEqual(["web.shop.svc.cluster.local"]);
    expect(await resolver.reverse("10.244.1.2")).toEqual(["db-0.db.shop.svc.cluster.local"]);
  });

  test("the version of the specification", async () => {
    expect(await resolver.resolveTxt("dns-version.cluster.local")).toEqual([["1.1.0"]]);
  });

  test("outside answers are remembered, with the asker's id and letters", async () => {
    await ask("cached.example.com", recordTypes.A);
    const before = forwarded;
    const response = await ask("CACHED.example.com", recordTypes.A, { id: 9 });
    expect(forwarded).toBe(before);
    expect(response.id).toBe(9);
    expect(response.questions[0]!.name).toBe("CACHED.example.com");
    expect(response.answers).toHaveLength(1);
  });

  test("EDNS is answered with EDNS; other opcodes and classes are refused", async () => {
    expect((await ask("web.shop.svc.cluster.local", 1, { edns: { udpSize: 4096 } })).edns).toEqual({ udpSize: 1232 });
    expect((await ask("web.shop.svc.cluster.local", 1)).edns).toBeUndefined();
    expect((await ask("x", 1, { opcode: 2 })).responseCode).toBe(4);
    expect((await ask("x", 1, { questions: [{ name: "x", type: 1, class: 3 }] })).responseCode).toBe(5);
  });

  test("TCP by the other side's own function", async () => {
    const query = Uint8Array.from([
      0,
      5,
      1,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      ...nameBytes("web.shop.svc.cluster.local"),
      0,
      1,
      0,
      1,
    ]);
    const response = await exchangeStream({ host: "127.0.0.1", port: server.port }, query, 2000);
    expect(decodeMessage(response)).toMatchObject({ id: 5, answers: [{ data: { address: "10.96.0.50" } }] });
  });

  test("several queries over one TCP connection, in pieces", async () => {
    const query = (id: number) =>
      framed(
        Uint8Array.from([0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...nameBytes("web.shop.svc.cluster.local"), 0, 1, 0, 1]),
      );
    const socket = connect(server.port, "127.0.0.1");
    const both = Buffer.concat([query(1), query(2)]);
    socket.write(both.subarray(0, 20));
    setTimeout(() => socket.write(both.subarray(20)), 20);
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      const size = received.readUInt16BE(0) + 2;
      if (received.length >= 2 * size) break;
    }
    const first = received.subarray(2, 2 + received.readUInt16BE(0));
    expect(decodeMessage(first)).toMatchObject({ answers: [{ data: { address: "10.96.0.50" } }] });
  });

  test("a Service that is new is known at once", async () => {
    objects.set(services, { metadata: { name: "new", namespace: "shop" }, spec: { clusterIP: "10.96.0.77" } });
    expect(await resolver.resolve4("new.shop.svc.cluster.local")).toEqual(["10.96.0.77"]);
  });
});

function nameBytes(name: string): number[] {
  return [...name.split(".").flatMap(label => [label.length, ...Buffer.from(label)]), 0];
}
