import { expect, it } from "vitest";
import { pods } from "#api/core/v1/pod.ts";
import { put } from "#store/kv.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { VirtualClock } from "./clock.ts";
import { StoreRecord } from "./store-record.ts";

const key = "/registry/pods/default/web";
const pod = (phase: string) =>
  new TextEncoder().encode(JSON.stringify({ metadata: { name: "web" }, status: { phase } }));

it("tells every event once, with its time, and what is stored", async () => {
  const clock = new VirtualClock();
  await using kv = createMemoryKv({ clock });
  const seen: number[] = [];
  using record = new StoreRecord({ kv, clock }, (now, isNew) => {
    if (isNew) seen.push(now.list(pods).length);
  });
  await kv.txn({ compare: [], success: [put(key, pod("Pending"))] });
  await clock.advance(1_500);
  await kv.txn({ compare: [], success: [put("/registry/leases/default/other", pod(""))] });
  await kv.txn({ compare: [], success: [put(key, pod("Running"))] });
  expect(record.list(pods).map(({ status }) => status?.phase)).toEqual(["Running"]);
  await kv.txn({ compare: [], success: [{ type: "delete", key }] });
  expect(record.list(pods)).toEqual([]);
  expect(seen).toEqual([1, 1, 0]);
  expect(record.lines.map(line => line.replace(/ [0-9a-f]{8}$/, " DIGEST"))).toEqual([
    `+0.000s 2 put ${key} DIGEST`,
    "+1.500s 3 put /registry/leases/default/other DIGEST",
    `+1.500s 4 put ${key} DIGEST`,
    `+1.500s 5 delete ${key}`,
  ]);
  expect(new Set(record.lines.slice(0, 3).map(line => line.split(" ").at(-1))).size).toBe(3);
});
