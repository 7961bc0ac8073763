import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { silentLog } from "#base/log.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { SpanRing } from "../ring.ts";
import { SpanFile } from "./span-file.ts";

const folder = mkdtempSync(join(tmpdir(), "span-file-"));
const path = join(folder, "journey.sqlite");
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("spans outlive their ring and their process, in order, up to the limit", async () => {
  const clock = new VirtualClock();
  const ring = new SpanRing(2_000);
  const record = (from: number, to: number) => {
    for (let at = from; at < to; at++) ring.record({ component: "c", name: `${at}`, startMs: at, durationMs: 0 });
  };
  const open = () => new SpanFile(path, { ring, clock, log: silentLog }, { maximumSpans: 3_000, delayMs: 100 });
  const names = async (file: SpanFile) => {
    const all = file.all();
    await clock.advance(1_000);
    return (await all).map(({ name }) => Number(name));
  };
  const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

  {
    using file = open();
    record(0, 1_700);
    await clock.advance(100);
    expect(await names(file)).toEqual(upTo(0, 1_700));
    record(1_700, 2_500);
  }
  using file = open();
  expect(await names(file)).toEqual(upTo(0, 2_500));
  record(2_500, 6_000); // More than the ring holds: the first 1,500 of them are lost.
  const kept = await names(file);
  expect(kept.slice(-2_000)).toEqual(upTo(4_000, 6_000));
  expect(kept.length).toBeLessThan(3_000 + 500);
});
