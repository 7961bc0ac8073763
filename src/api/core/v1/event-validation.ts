import { qualifiedNameErrors } from "#wire/names.ts";
import { type FieldError, invalid, required } from "../../field-error.ts";
import { allInvalid, unchanged } from "../../validation.ts";
import type { Event } from "./event.ts";

/** The older form is asked little: events of every age are about. */
export function validateEvent(event: Event): FieldError[] {
  const errors = namespaceErrors(event);
  const { reportingComponent } = event;
  if (event.eventTime && !reportingComponent) errors.push(required("reportingController"));
  return errors;
}

/** The newer form (events.k8s.io): says who reports, about what, and why. */
export function validateNewEvent(event: Event, old: Event | undefined): FieldError[] {
  return [...namespaceErrors(event), ...(old ? changeErrors(event, old) : creationErrors(event))];
}

/** An event lies in its object's namespace; events of cluster-wide objects lie in `default`. */
function namespaceErrors({ involvedObject, metadata }: Event): FieldError[] {
  const { namespace = "" } = involvedObject;
  const fits = namespace === "" ? ["", "default"].includes(metadata.namespace ?? "") : namespace === metadata.namespace;
  return fits ? [] : [invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
}

const reasonLimit = 128;
const noteLimit = 1024;

function creationErrors(event: Event): FieldError[] {
  const errors: FieldError[] = [];
  if (!event.eventTime) errors.push(required("eventTime"));
  if (event.type !== "Normal" && event.type !== "Warning") {
    errors.push(invalid("type", "", `has invalid value: ${event.type ?? ""}`));
  }
  errors.push(...reporterErrors(event));
  for (const field of ["action", "reason"] as const) {
    const text = event[field] ?? "";
    if (text === "") errors.push(required(field));
    else if (text.length > reasonLimit) errors.push(invalid(field, "", `can have at most ${reasonLimit} characters`));
  }
  if ((event.message ?? "").length > noteLimit) {
    errors.push(invalid("message", "", `can have at most ${noteLimit} characters`));
  }
  return errors;
}

function reporterErrors({ reportingComponent, reportingInstance }: Event): FieldError[] {
  const errors: FieldError[] = [];
  if (!reportingComponent) errors.push(required("reportingController"));
  else errors.push(...allInvalid("reportingController", reportingComponent, qualifiedNameErrors(reportingComponent)));
  if (!reportingInstance) errors.push(required("reportingInstance"));
  else if (reportingInstance.length > reasonLimit) {
    errors.push(invalid("reportingInstance", "", `can have at most ${reasonLimit} characters`));
  }
  return errors;
}

/** Only the series goes on. */
function changeErrors(event: Event, old: Event): FieldError[] {
  return (
    ["involvedObject", "reason", "message", "type", "action", "reportingComponent", "reportingInstance"] as const
  ).flatMap(field => unchanged(field, event[field], old[field]));
}
