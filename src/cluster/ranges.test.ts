import { describe, expect, it } from "vitest";
import { addressAt, clashingRoute, freeNodeSubnet, freeRouteProtocol } from "./ranges.ts";

describe("address ranges", () => {
  it("finds the first free node subnet, guards of other clusters counted", () => {
    const routes = [
      { dst: "default", dev: "eth0" },
      { dst: "198.18.0.0/24", dev: "k8s-a" },
      { dst: "198.18.1.0/24", type: "unreachable", protocol: "200" },
      { dst: "198.18.2.77", dev: "eth1" },
    ];
    expect(freeNodeSubnet(routes)).toBe("198.18.3.0/24");
    expect(freeRouteProtocol(routes)).toBe(201);
  });

  it("names a clash but not another cluster's guard", () => {
    expect(clashingRoute("10.244.0.0/16", [{ dst: "10.0.0.0/8", dev: "tun0" }])?.dev).toBe("tun0");
    expect(clashingRoute("10.244.0.0/16", [{ dst: "10.244.0.0/16", type: "unreachable" }])).toBeUndefined();
    expect(
      clashingRoute("10.244.0.0/16", [
        { dst: "default", dev: "eth0" },
        { dst: "10.245.0.0/16", dev: "x" },
      ]),
    ).toBeUndefined();
  });

  it("counts addresses", () => {
    expect(addressAt("10.96.0.0/16", 10)).toBe("10.96.0.10");
    expect(addressAt("10.96.0.0/16", 256)).toBe("10.96.1.0");
  });
});
