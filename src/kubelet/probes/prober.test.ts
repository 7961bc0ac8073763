import { describe, expect, test } from "vitest";
import type { Probe } from "#api/core/v1/probe.ts";
import { CriError } from "#cri/services.ts";
import { type ProberDeps, probeOnce } from "./prober.ts";

const target = { container: { name: "main", image: "web:1" }, containerId: "c", podIp: "10.0.0.1" };
const signal = new AbortController().signal;

/** The outcome of a probe whose every question is answered by `answer`, and how often it was asked. */
async function probed(probe: Probe, answer: () => Promise<unknown>) {
  let asked = 0;
  const ask = () => {
    asked++;
    return answer();
  };
  const deps = { runtime: { execSync: ask }, network: { httpGet: ask, tcpConnect: ask, grpcHealth: ask } };
  return { ...(await probeOnce(deps as unknown as ProberDeps, probe, target, signal)), asked };
}

describe("a probe", () => {
  const exec = { exec: { command: ["sh", "-c", "check"] }, timeoutSeconds: 2 };

  test("fails when the command says so, or does not end", async () => {
    const bytes = new TextEncoder().encode("bad");
    expect(await probed(exec, async () => ({ exitCode: 1, stdout: bytes }))).toMatchObject({
      ...{ outcome: "failure", output: "bad", asked: 1 },
    });
    const late = () => Promise.reject(new CriError("DeadlineExceeded", "too long"));
    expect(await probed(exec, late)).toMatchObject({
      ...{ outcome: "failure", output: 'command timed out: "sh -c check" timed out after 2s' },
    });
  });

  test("that cannot be asked is tried again, and then says nothing about the container", async () => {
    const broken = () => Promise.reject(new CriError("Unknown", "failed to exec in container: not found"));
    expect(await probed(exec, broken)).toMatchObject({ outcome: "error", asked: 3 });
    const misnamed = { httpGet: { port: "nosuch" } };
    expect(await probed(misnamed, async () => ({ status: 200, body: "" }))).toMatchObject({
      outcome: "error",
      asked: 0,
    });
  });

  test("fails when nobody listens", async () => {
    const refused = () => Promise.reject(new Error("dial tcp 10.0.0.1:80: connect: connection refused"));
    for (const probe of [{ httpGet: { port: 80 } }, { tcpSocket: { port: 80 } }, { grpc: { port: 80, service: "" } }])
      expect(await probed(probe, refused)).toMatchObject({ outcome: "failure", asked: 1 });
  });
});
