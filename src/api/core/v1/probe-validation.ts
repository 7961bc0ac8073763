import { type FieldError, forbidden, invalid, required } from "../../field-error.ts";
import { nonNegative, validatePort, validatePortNumberOrName } from "../../validation.ts";
import type {
  ExecAction,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  Probe,
  ProbeHandler,
  TCPSocketAction,
} from "./probe.ts";

export type ProbePurpose = "liveness" | "readiness" | "startup";

export function validateProbe(probe: Probe | undefined, purpose: ProbePurpose, path: string): FieldError[] {
  if (probe === undefined) return [];
  const errors = handlerErrors(probe, path);
  for (const field of [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const) {
    errors.push(...nonNegative(`${path}.${field}`, probe[field]));
  }
  const { successThreshold = 1, terminationGracePeriodSeconds: grace } = probe;
  if (purpose !== "readiness" && successThreshold !== 1) {
    errors.push(invalid(`${path}.successThreshold`, successThreshold, "must be 1"));
  }
  if (grace === undefined) return errors;
  if (purpose === "readiness") {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, "must not be set for readinessProbes"));
  } else if (grace <= 0) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, "must be greater than 0"));
  }
  return errors;
}

export function validateLifecycle(lifecycle: Lifecycle | undefined, path: string): FieldError[] {
  return (["postStart", "preStop"] as const).flatMap(hook => {
    const handler = lifecycle?.[hook];
    return handler ? handlerErrors(handler, `${path}.${hook}`) : [];
  });
}

/** Exactly one way to ask. */
function handlerErrors(handler: ProbeHandler & LifecycleHandler, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const kind of ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] as const) {
    if (handler[kind] === undefined) continue;
    if (++count > 1) errors.push(forbidden(`${path}.${kind}`, "may not specify more than 1 handler type"));
    else errors.push(...oneHandlerErrors(handler, kind, `${path}.${kind}`));
  }
  return count === 0 ? [required(path, "must specify a handler type")] : errors;
}

function oneHandlerErrors(
  handler: ProbeHandler & LifecycleHandler,
  kind: "exec" | "httpGet" | "tcpSocket" | "grpc" | "sleep",
  path: string,
): FieldError[] {
  switch (kind) {
    case "exec":
      return execErrors(handler.exec!, path);
    case "httpGet":
      return httpErrors(handler.httpGet!, path);
    case "tcpSocket":
      return tcpErrors(handler.tcpSocket!, path);
    case "grpc":
      return validatePort(`${path}.port`, handler.grpc!.port);
    case "sleep":
      return nonNegative(`${path}.seconds`, handler.sleep!.seconds);
  }
}

function execErrors({ command = [] }: ExecAction, path: string): FieldError[] {
  return command.length === 0 ? [required(`${path}.command`)] : [];
}

function httpErrors({ path: target, port, httpHeaders = [] }: HTTPGetAction, path: string): FieldError[] {
  const errors = target ? [] : [required(`${path}.path`)];
  errors.push(...validatePortNumberOrName(`${path}.port`, port));
  for (const { name } of httpHeaders) {
    if (!/^[-A-Za-z0-9]+$/.test(name)) {
      const text =
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
      errors.push(invalid(`${path}.httpHeaders`, name, text));
    }
  }
  return errors;
}

function tcpErrors({ port }: TCPSocketAction, path: string): FieldError[] {
  return validatePortNumberOrName(`${path}.port`, port);
}
