import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, message, microTime, type StructOf, string, struct, type TypeOf, time } from "../../schema.ts";
import { eventColumns } from "./event-columns.ts";
import { validateEvent } from "./event-validation.ts";
import { objectReference } from "./reference.ts";

export const eventSource = struct("io.k8s.api.core.v1.EventSource", {
  component: string(1, { optional: true, doc: "Who reported it." }),
  host: string(2, { optional: true, doc: "The node it was reported from." }),
});
export interface EventSource extends TypeOf<typeof eventSource> {}

export const eventSeries = struct("io.k8s.api.core.v1.EventSeries", {
  count: int32(1, { optional: true, doc: "How often it happened." }),
  lastObservedTime: microTime(2, { optional: true, doc: "When it last happened." }),
});
export interface EventSeries extends TypeOf<typeof eventSeries> {}

const fields = {
  involvedObject: message(2, objectReference, { doc: "What it happened to." }),
  reason: string(3, { optional: true, doc: "Why, in one word." }),
  message: string(4, { optional: true, doc: "What happened, for people." }),
  source: message(5, eventSource, { optional: true, doc: "Who reports it." }),
  firstTimestamp: time(6, { optional: true, doc: "When it first happened." }),
  lastTimestamp: time(7, { optional: true, doc: "When it last happened." }),
  count: int32(8, { optional: true, doc: "How often it happened." }),
  type: string(9, { optional: true, doc: "Normal or Warning." }),
  eventTime: microTime(10, { optional: true, doc: "When it happened." }),
  series: message(11, eventSeries, {
    optional: true,
    pointer: true,
    doc: "How it went on, when it happens again and again.",
  }),
  action: string(12, { optional: true, doc: "What was done." }),
  related: message(13, objectReference, { optional: true, pointer: true, doc: "A second object concerned." }),
  reportingComponent: string(14, { doc: "Which controller reports it." }),
  reportingInstance: string(15, { doc: "Which instance of that controller." }),
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
