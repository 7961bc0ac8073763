import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, message, microTime, type StructOf, string, struct, type TypeOf, time } from "../../schema.ts";
import { eventColumns } from "./event-columns.ts";
import { validateEvent } from "./event-validation.ts";
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

const fields = {
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
};

export interface Event extends KubernetesObject, StructOf<typeof fields> {}

export const events: ResourceDefinition<Event> = defineResource({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  scope: "Namespaced",
  doc: "Something that happened to an object, kept for an hour.",
  allowCreateOnUpdate: true,
  timeToLiveSeconds: 3600,
  nameColumn: "last",

  fields,

  selectableFields: {
    "involvedObject.kind": event => event.involvedObject.kind ?? "",
    "involvedObject.namespace": event => event.involvedObject.namespace ?? "",
    "involvedObject.name": event => event.involvedObject.name ?? "",
    "involvedObject.uid": event => event.involvedObject.uid ?? "",
    "involvedObject.apiVersion": event => event.involvedObject.apiVersion ?? "",
    "involvedObject.resourceVersion": event => event.involvedObject.resourceVersion ?? "",
    "involvedObject.fieldPath": event => event.involvedObject.fieldPath ?? "",
    reason: event => event.reason ?? "",
    reportingComponent: event => event.reportingComponent || (event.source?.component ?? ""),
    source: event => event.source?.component || event.reportingComponent,
    type: event => event.type ?? "",
  },
  columns: eventColumns,
  validate: validateEvent,
});
