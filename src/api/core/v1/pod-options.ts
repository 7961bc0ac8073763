import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, int32s, int64, list, string, strings, time } from "../../schema.ts";

export const podLogOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodLogOptions",
  doc: "What of a log is wanted.",
  fields: {
    container: string(1, { optional: true }),
    follow: boolean(2, { optional: true }),
    previous: boolean(3, { optional: true }),
    sinceSeconds: int64(4, { optional: true, pointer: true }),
    sinceTime: time(5, { optional: true, pointer: true }),
    timestamps: boolean(6, { optional: true }),
    tailLines: int64(7, { optional: true, pointer: true }),
    limitBytes: int64(8, { optional: true, pointer: true }),
    insecureSkipTLSVerifyBackend: boolean(9, { optional: true }),
    stream: string(10, { optional: true, pointer: true, featureGate: "PodLogsQuerySplitStreams" }),
  },
});
export interface PodLogOptions extends ObjectOf<typeof podLogOptionsType> {}

export const podExecOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodExecOptions",
  doc: "What to run in a container.",
  fields: {
    stdin: boolean(1, { optional: true }),
    stdout: boolean(2, { optional: true }),
    stderr: boolean(3, { optional: true }),
    tty: boolean(4, { optional: true }),
    container: string(5, { optional: true }),
    command: list(6, strings, { listType: "atomic" }),
  },
});
export interface PodExecOptions extends ObjectOf<typeof podExecOptionsType> {}

export const podAttachOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodAttachOptions",
  doc: "Which container to attach to.",
  fields: {
    stdin: boolean(1, { optional: true }),
    stdout: boolean(2, { optional: true }),
    stderr: boolean(3, { optional: true }),
    tty: boolean(4, { optional: true }),
    container: string(5, { optional: true }),
  },
});
export interface PodAttachOptions extends ObjectOf<typeof podAttachOptionsType> {}

export const podPortForwardOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodPortForwardOptions",
  doc: "Which ports to forward.",
  fields: {
    ports: list(1, int32s, { optional: true, listType: "atomic" }),
  },
});
export interface PodPortForwardOptions extends ObjectOf<typeof podPortForwardOptionsType> {}

export const podProxyOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodProxyOptions",
  doc: "Which path of a pod is meant.",
  fields: {
    path: string(1, { optional: true }),
  },
});
export interface PodProxyOptions extends ObjectOf<typeof podProxyOptionsType> {}
