import { eventSource } from "../../core/v1/event.ts";
import { objectReference } from "../../core/v1/reference.ts";
import { defineResource, type ObjectOf } from "../../resource.ts";
import { int32, message, microTime, string, struct, type TypeOf, time } from "../../schema.ts";

export const eventSeries = struct("io.k8s.api.events.v1.EventSeries", {
  count: int32(1),
  lastObservedTime: microTime(2),
});
export interface EventSeries extends TypeOf<typeof eventSeries> {}

export const events = defineResource({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  scope: "Namespaced",
  doc: "",

  fields: {
    eventTime: microTime(2),
    series: message(3, eventSeries, { optional: true, pointer: true }),
    reportingController: string(4, { optional: true }),
    reportingInstance: string(5, { optional: true }),
    action: string(6, { optional: true }),
    reason: string(7, { optional: true }),
    regarding: message(8, objectReference, { optional: true }),
    related: message(9, objectReference, { optional: true, pointer: true }),
    note: string(10, { optional: true }),
    type: string(11, { optional: true }),
    deprecatedSource: message(12, eventSource, { optional: true }),
    deprecatedFirstTimestamp: time(13, { optional: true }),
    deprecatedLastTimestamp: time(14, { optional: true }),
    deprecatedCount: int32(15, { optional: true }),
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
