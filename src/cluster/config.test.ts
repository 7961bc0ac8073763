import { describe, expect, it } from "vitest";
import { defaultConfig, parseConfig } from "./config.ts";

const wrong = (source: string) => {
  try {
    parseConfig(source, "c.yaml");
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

describe("cluster config", () => {
  it("is the default where a file says nothing", () => {
    expect(parseConfig("", "c.yaml")).toEqual(defaultConfig);
  });

  it("reads every key", () => {
    const config = parseConfig(
      `name: demo
podSubnet: 10.1.0.0/16
serviceSubnet: 10.2.0.0/16
nodePortRange: 31000-31100
egress: none
nodes:
  - name: cp
    role: control-plane
    taints:
      - { key: node-role.kubernetes.io/control-plane, effect: NoSchedule }
  - labels: { disk: ssd, count: "3" }
`,
      "c.yaml",
    );
    expect(config).toEqual({
      name: "demo",
      podSubnet: "10.1.0.0/16",
      serviceSubnet: "10.2.0.0/16",
      nodePortFrom: 31_000,
      nodePortTo: 31_100,
      egress: "none",
      nodes: [
        {
          name: "cp",
          role: "control-plane",
          labels: {},
          taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
        },
        { name: "node-2", role: "worker", labels: { disk: "ssd", count: "3" }, taints: [] },
      ],
    });
  });

  it("names line and column of an unknown key", () => {
    expect(wrong("name: a\nnodes:\n  - name: x\n    lables: {}\n")).toBe(
      'c.yaml:4:5: unknown key "lables" in a node: known are name, role, labels, taints',
    );
  });

  it("tells everything that is wrong at once", () => {
    expect(wrong("name: A_B\nserviceSubnet: 10.96.0.0\negress: some\nnodePortRange: 9\n")?.split("\n")).toEqual([
      'c.yaml:1:7: name "A_B" must be up to 40 lower-case letters, digits and "-"',
      "c.yaml:2:16: serviceSubnet must be an IPv4 range such as 10.96.0.0/16, from /12 to /24",
      "c.yaml:3:9: egress must be one of none, nat",
      "c.yaml:4:16: nodePortRange must be a string",
      "c.yaml:4:16: nodePortRange must be FROM-TO with ports from 1 to 65535",
    ]);
  });

  it("wants one control-plane node and distinct names", () => {
    expect(wrong("nodes: [{name: a, role: worker}, {name: a}]")?.split("\n")).toEqual([
      "c.yaml:1:8: exactly one node must have the role control-plane, not 0",
      'c.yaml:1:8: two nodes are named "a"',
    ]);
  });

  it("names the place of broken YAML", () => {
    expect(wrong("name: [a\n")).toMatch(/^c\.yaml:\d+:\d+: .*correct the YAML$/);
  });
});
