import { expect, test } from "vitest";
import type { BodySink } from "#base/http.ts";
import { VirtualClock } from "#simulation/clock.ts";
import type { HostFiles } from "../host.ts";
import { type LogOptions, logOptions, sendLog, whyNoLog } from "./container-logs.ts";

const line = (number: number) => `2026-01-01T00:00:0${number}.000000000+00:00 stdout F line ${number}\n`;

/** A log that gets one more line whenever a part of it was read. */
function growingLog(lines: number) {
  let text = Array.from({ length: lines }, (_, at) => line(at)).join("");
  const files = {
    size: async () => text.length,
    async readRange(_path: string, from: number, length: number) {
      const bytes = new TextEncoder().encode(text.slice(from, from + length));
      if (lines < 9) text += line(lines++);
      return bytes;
    },
  } as unknown as HostFiles;
  return { files, clock: new VirtualClock(0), isRunning: async () => true };
}

async function logText(lines: number, options: Partial<LogOptions>): Promise<string> {
  let text = "";
  const sink: BodySink = {
    write(bytes) {
      text += new TextDecoder().decode(bytes);
      return true;
    },
    drained: async () => {},
    pendingBytes: 0,
    signal: new AbortController().signal,
  };
  await sendLog(growingLog(lines), "log", { ...logOptions(new URLSearchParams(), 0), ...options }, sink);
  return text;
}

test("who does not follow gets the lines that are there when asked", async () => {
  expect(await logText(3, {})).toBe("line 0\nline 1\nline 2\n");
  expect(await logText(3, { tailLines: 1 })).toBe("line 2\n");
  expect(await logText(3, { tailLines: 0 })).toBe("");
  expect(await logText(3, { tailLines: 9 })).toBe("line 0\nline 1\nline 2\n");
});

test("bytes are counted after the lines are chosen; times are shown in UTC", async () => {
  expect(await logText(3, { tailLines: 2, limitBytes: 8 })).toBe("line 1\nl");
  expect(await logText(1, { timestamps: true })).toBe("2026-01-01T00:00:00.000000000Z line 0\n");
});

test("why there is no log", () => {
  const textOf = (state: object, previous = false) => {
    const containerStatus = { ...{ name: "c", image: "i", imageID: "", ready: false, restartCount: 0 }, ...state };
    const pod = { metadata: { name: "p" }, spec: { containers: [] }, status: { containerStatuses: [containerStatus] } };
    return whyNoLog(pod, "c", previous);
  };
  const waiting = (reason: string) => ({ state: { waiting: { reason } } });
  const subject = 'container "c" in pod "p"';
  expect(textOf({})).toBe(`${subject} is waiting to start: ContainerCreating`);
  expect(textOf(waiting("PodInitializing"))).toBe(`${subject} is waiting to start: PodInitializing`);
  expect(textOf(waiting("ErrImagePull"))).toBe(`${subject} is waiting to start: image can't be pulled`);
  expect(textOf(waiting("ImagePullBackOff"))).toBe(`${subject} is waiting to start: trying and failing to pull image`);
  expect(textOf({}, true)).toBe(`previous terminated ${subject} not found`);
  const ended = { terminated: { exitCode: 0, containerID: "k8ts://a" } };
  expect(textOf({ state: ended })).toBe("unable to retrieve container logs for k8ts://a");
  expect(textOf({ lastState: ended }, true)).toBe("unable to retrieve container logs for k8ts://a");
});
