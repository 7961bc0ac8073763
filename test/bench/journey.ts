import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/host/system-clock.ts";
import { silentLog } from "#base/log.ts";
import { SpanFile } from "#journey/host/span-file.ts";
import { SpanRing } from "#journey/ring.ts";
import type { Span } from "#journey/span.ts";
import { figures, type Measured, median, record } from "./figures.ts";

const writes = 20_000;
/** What a span of an API write holds. */
const spanOf = (revision: number): Span => ({
  component: "apiserver",
  name: "create configmaps",
  startMs: performance.now(),
  durationMs: 0.3,
  cause: { requestId: "0af7651916cd43dd8448eb211c80319c", revisions: [revision - 1], more: 0 },
  revision,
  user: "kubernetes-admin",
  subject: {
    resource: "configmaps",
    namespace: "default",
    name: `object-${revision}`,
    uid: "00000000-0000-4000-8000-000000000000",
  },
  attributes: { encoding: "application/json", protocol: "HTTP/2.0" },
});

/**
 * What recording alone costs a write: the span is made, kept in memory, and appended to the file in batches of a slice.
 * Its share is taken of the processor time of a create by 64 clients: as measured in this run, else as it is meant to be.
 */
export async function measureJourney(measured: Measured): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "k8ts-bench-"));
  try {
    const ring = new SpanRing(writes);
    const deps = { ring, clock: systemClock(), log: silentLog };
    const file = new SpanFile(join(folder, "journey.sqlite"), deps, { maximumSpans: writes, delayMs: 60_000 });
    const before = process.cpuUsage();
    for (let revision = 1; revision <= writes; revision++) ring.record(spanOf(revision));
    file[Symbol.dispose](); // Appends all that the ring holds.
    const { user, system } = process.cpuUsage(before);
    const create = measured.get(figures.create64Cpu);
    const createMs = create === undefined ? figures.create64Cpu.target : median(create);
    record(measured, figures.journeyCost, (100 * (user + system)) / writes / (createMs * 1000));
  } finally {
    await rm(folder, { recursive: true });
  }
}
