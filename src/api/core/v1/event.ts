import { defineResource, type ObjectOf } from "../../resource.ts";
import { int32, message, microTime, string, struct, type TypeOf, time } from "../../schema.ts";
import { objectReference } from "./reference.ts";

export const eventSource = struct("io.k8s.api.core.v1.EventSource", {
  component: string(1, { optional: true }),
  host: string(2, { optional: true }),
});
export interface EventSource extends TypeOf<typeof eventSource> {}

export const eventSeries = struct("io.k8s.api.core.v1.EventSeries", {
  count: int32(1, { optional: true }),
  lastObservedTime: microTime(2, { optional: true }),
});
export interface EventSeries extends TypeOf<typeof eventSeries> {}

export const events = defineResource({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  scope: "Namespaced",
  doc: "",

  fields: {
    involvedObject: message(2, objectReference),
    reason: string(3, { optional: true }),
    message: string(4, { optional: true }),
    source: message(5, eventSource, { optional: true }),
    firstTimestamp: time(6, { optional: true }),
    lastTimestamp: time(7, { optional: true }),
    count: int32(8, { optional: true }),
    type: string(9, { optional: true }),
    eventTime: microTime(10, { optional: true }),
    series: message(11, eventSeries, { optional: true, pointer: true }),
    action: string(12, { optional: true }),
    related: message(13, objectReference, { optional: true, pointer: true }),
    reportingComponent: string(14),
    reportingInstance: string(15),
  },

  columns: [
    { name: "Last Seen", type: "string", value: () => null },
    { name: "Type", type: "string", value: () => null },
    { name: "Reason", type: "string", value: () => null },
    { name: "Object", type: "string", value: () => null },
    { name: "Subobject", type: "string", priority: 1, value: () => null },
    { name: "Source", type: "string", priority: 1, value: () => null },
    { name: "Message", type: "string", value: () => null },
    { name: "First Seen", type: "string", priority: 1, value: () => null },
    { name: "Count", type: "string", priority: 1, value: () => null },
  ],
});
export interface Event extends ObjectOf<typeof events> {}
