import { expect, test } from "vitest";
import { pods } from "#api/core/v1/pod.ts";
import { seededRandom } from "#base/random.ts";
import { VirtualClock } from "#simulation/clock.ts";
import type { Client } from "./client.ts";
import { createEventRecorder } from "./event-recorder.ts";

test("writes follow one another, and after a slow one comes a rest", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const start = clock.now();
  let writeMs = 0;
  const create = async (_: unknown, event: { reason: string }) => {
    await clock.sleep(writeMs);
    log.push(`${event.reason} ${clock.now() - start}`);
  };
  const client = { create } as unknown as Client;
  const recorder = createEventRecorder({ client, clock, random: seededRandom(1), component: "test" });
  const tell = (reason: string) => recorder.event(pods, { metadata: { name: reason } }, "Normal", reason, reason);

  for (const reason of ["at", "once"]) tell(reason);
  await clock.advance(0);
  writeMs = 40;
  for (const reason of ["busy", "busier"]) tell(reason);
  await clock.advance(1_000);
  writeMs = 200;
  for (const reason of ["slow", "slower"]) tell(reason);
  await clock.advance(1_000);
  expect(log).toEqual(["at 0", "once 0", "busy 40", "busier 200", "slow 1200", "slower 1650"]);
});
