import { describe, expect, test } from "vitest";
import type { Service } from "#api/core/v1/service.ts";
import { staleFlowCommands } from "./conntrack.ts";
import { EntryTableState } from "./entries.ts";
import { planHostPorts } from "./host-ports.ts";
import { planService } from "./plan.ts";
import { service, slice } from "./samples.ts";
import { changeTransaction } from "./transaction.ts";

/** Elements only, as `svc 10.96.0.50 . tcp . 80 : goto c2`. */
function elements(subject: Service, endpoints: readonly string[]): string[] {
  return planService(subject, [slice(endpoints)], "n1")
    .entries.filter(({ table }) => table !== "chain" && table !== "set")
    .map(({ table, key, value }) => `${table} ${key}${value && ` : ${value}`}`);
}

describe("which endpoints a Service leads to", () => {
  test.each<[string, object, string[], string[]]>([
    [
      "ready ones, in order; those on this node may reach themselves",
      {},
      ["10.244.2.2@n2", "10.244.1.2@n1", "10.244.1.9@n1 notReady"],
      [
        "svc 10.96.0.50 . tcp . 80 : goto c2",
        "ep 10.96.0.50 . tcp . 80 . 0 : 10.244.1.2 . 8080",
        "ep 10.96.0.50 . tcp . 80 . 1 : 10.244.2.2 . 8080",
        "hairpin 10.244.1.2 . 10.244.1.2",
      ],
    ],
    [
      "ending ones while nothing is ready",
      {},
      ["10.244.2.2@n2 ending", "10.244.2.3@n2 gone"],
      ["svc 10.96.0.50 . tcp . 80 : goto c1", "ep 10.96.0.50 . tcp . 80 . 0 : 10.244.2.2 . 8080"],
    ],
    ["none: the kernel refuses", {}, ["10.244.2.2@n2 notReady"], []],
    ["headless: nothing", { clusterIP: "None" }, ["10.244.2.2@n2"], []],
    ["ExternalName: nothing", { type: "ExternalName", clusterIP: "" }, ["10.244.2.2@n2"], []],
    [
      "internal Local without one here: dropped",
      { internalTrafficPolicy: "Local" },
      ["10.244.2.2@n2"],
      ["svc 10.96.0.50 . tcp . 80 : goto dropit"],
    ],
    [
      "node port: every endpoint, masqueraded",
      { ports: [{ name: "http", port: 80, nodePort: 30080 }] },
      ["10.244.2.2@n2"],
      [
        "svc 10.96.0.50 . tcp . 80 : goto c1",
        "ep 10.96.0.50 . tcp . 80 . 0 : 10.244.2.2 . 8080",
        "np tcp . 30080 : goto x1",
        "npep tcp . 30080 . 16384 : 10.244.2.2 . 8080",
      ],
    ],
    [
      "external Local: from outside the endpoints here, from inside all",
      { externalTrafficPolicy: "Local", ports: [{ name: "http", port: 80, nodePort: 30080 }] },
      ["10.244.1.2@n1", "10.244.2.2@n2"],
      [
        "svc 10.96.0.50 . tcp . 80 : goto c2",
        "ep 10.96.0.50 . tcp . 80 . 0 : 10.244.1.2 . 8080",
        "ep 10.96.0.50 . tcp . 80 . 1 : 10.244.2.2 . 8080",
        "np tcp . 30080 : goto l1",
        "npep tcp . 30080 . 0 : 10.244.1.2 . 8080",
        "npi tcp . 30080 : goto x2",
        "npep tcp . 30080 . 16384 : 10.244.1.2 . 8080",
        "npep tcp . 30080 . 16385 : 10.244.2.2 . 8080",
        "hairpin 10.244.1.2 . 10.244.1.2",
      ],
    ],
    ["IPv6: nothing", { clusterIP: "fd00::1" }, ["10.244.2.2@n2"], []],
    ["what is no address never gets into rules", {}, ["1.2.3.4;drop@n2"], []],
    [
      "external IPs like node ports",
      { externalIPs: ["192.0.2.1", "a.b }; flush ruleset"] },
      ["10.244.2.2@n2"],
      [
        "svc 10.96.0.50 . tcp . 80 : goto c1",
        "ep 10.96.0.50 . tcp . 80 . 0 : 10.244.2.2 . 8080",
        "svc 192.0.2.1 . tcp . 80 : goto m1",
        "ep 192.0.2.1 . tcp . 80 . 16384 : 10.244.2.2 . 8080",
      ],
    ],
  ])("%s", (_name, spec, endpoints, expected) => {
    expect(elements(service(spec), endpoints)).toEqual(expected);
  });

  test("ports are matched by name, and one address in two slices counts once", () => {
    const other = slice(["10.244.2.9@n2"], "web", [{ name: "metrics", protocol: "TCP", port: 9090 }]);
    const plan = planService(service({}), [slice(["10.244.2.2@n2"]), slice(["10.244.2.2@n2"]), other], "n1");
    const found = plan.entries.filter(({ table }) => table === "ep");
    expect(found.map(({ value }) => value)).toEqual(["10.244.2.2 . 8080"]);
  });
});

describe("transactions", () => {
  const planned = (spec: object, endpoints: readonly string[]) =>
    planService(service(spec), [slice(endpoints)], "n1").entries;

  test("a second endpoint changes one element, adds one and swaps the chain", () => {
    const state = new EntryTableState();
    state.set("shop/web", planned({}, ["10.244.2.2@n2"]));
    state.takeChanges();
    state.set("shop/web", planned({}, ["10.244.2.2@n2", "10.244.2.3@n2"]));
    expect(changeTransaction(state.takeChanges())).toBe(
      [
        "add chain ip k8ts c2",
        "delete element ip k8ts svc { 10.96.0.50 . tcp . 80 }",
        "add rule ip k8ts c2 meta mark set numgen random mod 2",
        "add rule ip k8ts c2 goto to_ep",
        "add element ip k8ts svc { 10.96.0.50 . tcp . 80 : goto c2 }",
        "add element ip k8ts ep { 10.96.0.50 . tcp . 80 . 1 : 10.244.2.3 . 8080 }",
        "flush chain ip k8ts c1",
        "delete chain ip k8ts c1",
        "",
      ].join("\n"),
    );
  });

  test("a chain stays while another Service needs it; nothing new is no transaction", () => {
    const state = new EntryTableState();
    state.set("shop/web", planned({}, ["10.244.2.2@n2"]));
    state.set("shop/other", planned({ clusterIP: "10.96.0.51" }, ["10.244.2.2@n2"]));
    state.takeChanges();
    state.set("shop/web", []);
    expect(changeTransaction(state.takeChanges())).not.toContain("chain");
    state.set("shop/other", planned({ clusterIP: "10.96.0.51" }, ["10.244.2.2@n2"]));
    expect(changeTransaction(state.takeChanges())).toBe("");
  });

  test("host ports", () => {
    expect(planHostPorts([{ protocol: "UDP", hostPort: 53, podIp: "10.244.1.5", containerPort: 1053 }])).toEqual([
      { table: "hp", key: "udp . 53", value: "10.244.1.5 . 1053" },
      { table: "hairpin", key: "10.244.1.5 . 10.244.1.5", value: "" },
    ]);
  });
});

test("UDP flows to an endpoint that left are forgotten, others not", () => {
  const ports = [{ name: "dns", protocol: "UDP", port: 53, nodePort: 30053 }];
  const dns = (endpoints: readonly string[]) =>
    planService(service({ ports }), [slice(endpoints, "web", [{ name: "dns", protocol: "UDP", port: 1053 }])], "n1");
  const commands = staleFlowCommands(
    dns(["10.244.2.2@n2", "10.244.2.3@n2"]).udpFlows,
    dns(["10.244.2.3@n2"]).udpFlows,
    "198.18.0.2",
  );
  expect(commands.map(command => command.join(" "))).toEqual([
    "conntrack -D -p udp --orig-dst 10.96.0.50 --orig-port-dst 53 --reply-src 10.244.2.2",
    "conntrack -D -p udp --orig-dst 198.18.0.2 --orig-port-dst 30053 --reply-src 10.244.2.2",
  ]);
});
