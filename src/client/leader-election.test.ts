import { expect, test } from "vitest";
import { leases } from "#api/coordination.k8s.io/v1/lease.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { MemoryApi } from "#testing/memory-api.ts";
import { runAsLeader } from "./leader-election.ts";

function candidate(api: MemoryApi, clock: VirtualClock, identity: string, leading: string[]) {
  const abort = new AbortController();
  const deps = { client: api.client, clock, random: seededRandom(3), log: silentLog };
  const options = { namespace: "kube-system", name: "manager", identity };
  const lead = async (signal: AbortSignal) => {
    leading.push(`+${identity}`);
    await new Promise<void>(resolve => signal.addEventListener("abort", () => resolve()));
    leading.push(`-${identity}`);
  };
  return { abort, running: runAsLeader(deps, options, lead, abort.signal) };
}

const holder = (api: MemoryApi) => api.get(leases, "kube-system/manager")?.spec?.holderIdentity;

test("one leads, renews every two seconds, and hands over at once when it ends", async () => {
  const clock = new VirtualClock(0);
  const api = new MemoryApi(clock);
  const leading: string[] = [];
  const a = candidate(api, clock, "a", leading);
  await clock.advance(0);
  const b = candidate(api, clock, "b", leading);
  await clock.advance(60_000);
  expect(leading).toEqual(["+a"]);
  expect(api.get(leases, "kube-system/manager")!.spec).toMatchObject({
    holderIdentity: "a",
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
    renewTime: "1970-01-01T00:01:00.000000Z",
  });
  a.abort.abort();
  await clock.advance(5_000);
  await a.running;
  expect(leading).toEqual(["+a", "-a", "+b"]);
  expect(api.get(leases, "kube-system/manager")!.spec!.leaseTransitions).toBe(1);
  b.abort.abort();
  await clock.advance(0);
  await b.running;
  expect(holder(api)).toBe("");
});

test("a lease that nobody renews is taken over after it ran out, not before", async () => {
  const clock = new VirtualClock(0);
  const api = new MemoryApi(clock);
  const spec = { holderIdentity: "dead", leaseDurationSeconds: 15, leaseTransitions: 4 };
  await api.client.create(leases, { metadata: { namespace: "kube-system", name: "manager" }, spec });
  const leading: string[] = [];
  const b = candidate(api, clock, "b", leading);
  await clock.advance(14_900);
  expect(leading).toEqual([]);
  await clock.advance(5_000);
  expect(leading).toEqual(["+b"]);
  expect(api.get(leases, "kube-system/manager")!.spec!.leaseTransitions).toBe(5);
  b.abort.abort();
  await clock.advance(0);
  await b.running;
});

test("a leader that another one replaced stops leading", async () => {
  const clock = new VirtualClock(0);
  const api = new MemoryApi(clock);
  const leading: string[] = [];
  const a = candidate(api, clock, "a", leading);
  await clock.advance(0);
  const lease = api.get(leases, "kube-system/manager")!;
  await api.client.update(leases, { ...lease, spec: { ...lease.spec, holderIdentity: "thief" } });
  await clock.advance(2_000);
  await a.running;
  expect(leading).toEqual(["+a", "-a"]);
});
