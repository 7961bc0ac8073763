import { type Event as CoreEvent, events as coreEvents, eventSource } from "../../core/v1/event.ts";
import { eventColumns } from "../../core/v1/event-columns.ts";
import { validateNewEvent } from "../../core/v1/event-validation.ts";
import { objectReference } from "../../core/v1/reference.ts";
import { type Column, defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, message, microTime, type StructOf, string, struct, type TypeOf, time } from "../../schema.ts";
import { fromCoreEvent, toCoreEvent } from "./event-conversion.ts";

export const eventSeries = struct("io.k8s.api.events.v1.EventSeries", {
  count: int32(1, { doc: "How often it happened." }),
  lastObservedTime: microTime(2, { doc: "When it last happened." }),
});
export interface EventSeries extends TypeOf<typeof eventSeries> {}

const fields = {
  eventTime: microTime(2, { doc: "When it happened." }),
  series: message(3, eventSeries, {
    optional: true,
    pointer: true,
    doc: "How it went on, when it happens again and again.",
  }),
  reportingController: string(4, { optional: true, doc: "Which controller reports it." }),
  reportingInstance: string(5, { optional: true, doc: "Which instance of that controller." }),
  action: string(6, { optional: true, doc: "What was done." }),
  reason: string(7, { optional: true, doc: "Why, in one word." }),
  regarding: message(8, objectReference, { optional: true, doc: "What it happened to." }),
  related: message(9, objectReference, { optional: true, pointer: true, doc: "A second object concerned." }),
  note: string(10, { optional: true, doc: "What happened, for people." }),
  type: string(11, { optional: true, doc: "Normal or Warning." }),
  deprecatedSource: message(12, eventSource, { optional: true, doc: "Who reported it, as core/v1 says it." }),
  deprecatedFirstTimestamp: time(13, { optional: true, doc: "When it first happened, as core/v1 says it." }),
  deprecatedLastTimestamp: time(14, { optional: true, doc: "When it last happened, as core/v1 says it." }),
  deprecatedCount: int32(15, { optional: true, doc: "How often it happened, as core/v1 says it." }),
};

export interface Event extends KubernetesObject, StructOf<typeof fields> {}

const columns: readonly Column<Event>[] = eventColumns.map(column => ({
  ...column,
  value: (event, context) => column.value(toCoreEvent(event), context),
}));

export const events: ResourceDefinition<Event> = defineResource({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  scope: "Namespaced",
  doc: "Something that happened to an object, kept for an hour: the newer form of the core event.",
  allowCreateOnUpdate: true,
  timeToLiveSeconds: 3600,
  nameColumn: "last",

  fields,

  selectableFields: {
    "regarding.kind": event => event.regarding?.kind ?? "",
    "regarding.namespace": event => event.regarding?.namespace ?? "",
    "regarding.name": event => event.regarding?.name ?? "",
    "regarding.uid": event => event.regarding?.uid ?? "",
    "regarding.apiVersion": event => event.regarding?.apiVersion ?? "",
    "regarding.resourceVersion": event => event.regarding?.resourceVersion ?? "",
    "regarding.fieldPath": event => event.regarding?.fieldPath ?? "",
    reason: event => event.reason ?? "",
    reportingController: event => event.reportingController || (event.deprecatedSource?.component ?? ""),
    type: event => event.type ?? "",
  },
  columns,
  convert: {
    hub: coreEvents,
    toHub: toCoreEvent,
    fromHub: event => fromCoreEvent(event as CoreEvent),
  },
  validate: (event, old) => validateNewEvent(toCoreEvent(event), old && toCoreEvent(old)),
});
