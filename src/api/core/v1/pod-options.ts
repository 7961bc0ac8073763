import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, int32s, int64, list, string, strings, time } from "../../schema.ts";

export const podLogOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodLogOptions",
  doc: "What of a log is wanted.",
  fields: {
    container: string(1, { optional: true, doc: "The container; may be left out when the pod has one." }),
    follow: boolean(2, { optional: true, doc: "True: goes on as more is written." }),
    previous: boolean(3, { optional: true, doc: "True: the run before the present one." }),
    sinceSeconds: int64(4, { optional: true, pointer: true, doc: "Only what is younger than this." }),
    sinceTime: time(5, { optional: true, pointer: true, doc: "Only what is younger than this time." }),
    timestamps: boolean(6, { optional: true, doc: "True: each line begins with its time." }),
    tailLines: int64(7, { optional: true, pointer: true, doc: "Only this many lines from the end." }),
    limitBytes: int64(8, { optional: true, pointer: true, doc: "No more than about this many bytes." }),
    insecureSkipTLSVerifyBackend: boolean(9, {
      optional: true,
      doc: "True: the kubelet's certificate is not checked.",
    }),
    stream: string(10, {
      optional: true,
      pointer: true,
      featureGate: "PodLogsQuerySplitStreams",
      doc: "All, Stdout or Stderr.",
    }),
  },
});
export interface PodLogOptions extends ObjectOf<typeof podLogOptionsType> {}

export const podExecOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodExecOptions",
  doc: "What to run in a container.",
  fields: {
    stdin: boolean(1, { optional: true, doc: "True: the sender's input goes to the command." }),
    stdout: boolean(2, { optional: true, doc: "True: the command's output comes back." }),
    stderr: boolean(3, { optional: true, doc: "True: the command's error output comes back." }),
    tty: boolean(4, { optional: true, doc: "True: the command gets a terminal." }),
    container: string(5, { optional: true, doc: "The container; may be left out when the pod has one." }),
    command: list(6, strings, { listType: "atomic", doc: "The command and its arguments; no shell is put around it." }),
  },
});
export interface PodExecOptions extends ObjectOf<typeof podExecOptionsType> {}

export const podAttachOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodAttachOptions",
  doc: "Which container to attach to.",
  fields: {
    stdin: boolean(1, { optional: true, doc: "True: the sender's input goes to the process." }),
    stdout: boolean(2, { optional: true, doc: "True: the process's output comes back." }),
    stderr: boolean(3, { optional: true, doc: "True: the process's error output comes back." }),
    tty: boolean(4, { optional: true, doc: "True: the process has a terminal." }),
    container: string(5, { optional: true, doc: "The container; may be left out when the pod has one." }),
  },
});
export interface PodAttachOptions extends ObjectOf<typeof podAttachOptionsType> {}

export const podPortForwardOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodPortForwardOptions",
  doc: "Which ports to forward.",
  fields: {
    ports: list(1, int32s, {
      optional: true,
      listType: "atomic",
      doc: "The ports of the pod to reach, where the protocol does not say them.",
    }),
  },
});
export interface PodPortForwardOptions extends ObjectOf<typeof podPortForwardOptionsType> {}

export const podProxyOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PodProxyOptions",
  doc: "Which path of a pod is meant.",
  fields: {
    path: string(1, { optional: true, doc: "The path asked for in the pod." }),
  },
});
export interface PodProxyOptions extends ObjectOf<typeof podProxyOptionsType> {}
