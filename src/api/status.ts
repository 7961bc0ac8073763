import { type FieldError, fieldErrorBody, fieldErrorText } from "./field-error.ts";
import type { Status, StatusCause, StatusDetails } from "./meta/v1/status.ts";
import { qualifiedResource } from "./resource.ts";

/** A failure that a client is told of: it holds the Status object that goes over the wire. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? status.reason ?? "unknown");
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? "";
  }
}

/** A resource as messages name it: `deployments.apps`. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

export interface KindName {
  readonly group: string;
  readonly kind: string;
}

/** Any failure, for those without a constructor of their own. */
export function failure(code: number, reason: string, message: string, details?: StatusDetails): ApiError {
  const status = { metadata: {}, status: "Failure", message } as const;
  return new ApiError({ ...status, ...(reason && { reason }), ...(details && { details }), code });
}

export function notFound(resource: ResourceName, name: string): ApiError {
  return failure(404, "NotFound", `${quoted(resource, name)} not found`, detailsOf(resource, name));
}

export function alreadyExists(resource: ResourceName, name: string): ApiError {
  return failure(409, "AlreadyExists", `${quoted(resource, name)} already exists`, detailsOf(resource, name));
}

const modifiedMessage = "the object has been modified; please apply your changes to the latest version and try again";

export function conflict(resource: ResourceName, name: string, message: string = modifiedMessage): ApiError {
  const text = `Operation cannot be fulfilled on ${quoted(resource, name)}: ${message}`;
  return failure(409, "Conflict", text, detailsOf(resource, name));
}

/** A 422 with every cause. `details.kind` is the kind here, not the resource. */
export function invalid(kind: KindName, name: string, errors: readonly FieldError[]): ApiError {
  const qualified = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const message = `${qualified} ${JSON.stringify(name)} is invalid: ${aggregate(errors.map(fieldErrorText))}`;
  return failure(422, "Invalid", message, {
    ...(name && { name }),
    ...(kind.group && { group: kind.group }),
    ...(kind.kind && { kind: kind.kind }),
    causes: errors.map(causeOf),
  });
}

export function badRequest(message: string): ApiError {
  return failure(400, "BadRequest", message);
}

export function forbidden(resource: ResourceName, name: string, message: string): ApiError {
  const text = resource.plural === "" ? `forbidden: ${message}` : `${quoted(resource, name)} is forbidden: ${message}`;
  return failure(403, "Forbidden", text, detailsOf(resource, name));
}

export function unauthorized(message = "Unauthorized"): ApiError {
  return failure(401, "Unauthorized", message);
}

/** For paths that exist but do not take this method. */
export function methodNotAllowed(): ApiError {
  return failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

export function notAcceptable(types: readonly string[]): ApiError {
  const text = `only the following media types are accepted: ${types.join(", ")}`;
  return failure(406, "NotAcceptable", text);
}

export function unsupportedMediaType(types: readonly string[]): ApiError {
  const text = `the body of the request was in an unknown format - accepted media types include: ${types.join(", ")}`;
  return failure(415, "UnsupportedMediaType", text);
}

export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  return failure(429, "TooManyRequests", message, retryDetails(retryAfterSeconds));
}

/** The server gave up waiting: 504. */
export function timeout(message: string, retryAfterSeconds = 0): ApiError {
  return failure(504, "Timeout", `Timeout: ${message}`, retryDetails(retryAfterSeconds));
}

export function tooLargeResourceVersion(requested: number | string, current: number | string): ApiError {
  return failure(504, "Timeout", `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

export function expired(message: string): ApiError {
  return failure(410, "Expired", message);
}

export function gone(message: string): ApiError {
  return failure(410, "Gone", message);
}

export function requestEntityTooLarge(message: string): ApiError {
  return failure(413, "RequestEntityTooLarge", `Request entity too large: ${message}`);
}

export function serviceUnavailable(message: string): ApiError {
  return failure(503, "ServiceUnavailable", message);
}

export function internalError(message: string): ApiError {
  return failure(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

export const isNotFound = hasReason("NotFound");
export const isAlreadyExists = hasReason("AlreadyExists");
export const isConflict = hasReason("Conflict");
export const isInvalid = hasReason("Invalid");
export const isForbidden = hasReason("Forbidden");
export const isUnauthorized = hasReason("Unauthorized");
export const isBadRequest = hasReason("BadRequest");
export const isExpired = hasReason("Expired");
export const isGone = hasReason("Gone");
export const isTooManyRequests = hasReason("TooManyRequests");
export const isTimeout = hasReason("Timeout");
export const isServerTimeout = hasReason("ServerTimeout");
export const isServiceUnavailable = hasReason("ServiceUnavailable");
export const isInternalError = hasReason("InternalError");
export const isMethodNotSupported = hasReason("MethodNotAllowed");

/** True when the namespace that should take the object is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status.details?.causes ?? []).some(cause => cause.reason === "NamespaceTerminating")
  );
}

function hasReason(reason: string): (error: unknown) => error is ApiError {
  return (error): error is ApiError => error instanceof ApiError && error.reason === reason;
}

function causeOf(error: FieldError): StatusCause {
  const reason = error.type === "InternalError" ? error.type : `FieldValue${error.type}`;
  return { reason, message: fieldErrorBody(error), field: error.field };
}

/** Several messages in brackets, each once; a single one as it is. */
function aggregate(messages: readonly string[]): string {
  const unique = [...new Set(messages)];
  return unique.length === 1 ? unique[0]! : `[${unique.join(", ")}]`;
}

function quoted(resource: ResourceName, name: string): string {
  const qualified = qualifiedResource(resource);
  return name === "" ? qualified : `${qualified} ${JSON.stringify(name)}`;
}

function detailsOf(resource: ResourceName, name: string): StatusDetails {
  return {
    ...(name && { name }),
    ...(resource.group && { group: resource.group }),
    ...(resource.plural && { kind: resource.plural }),
  };
}

function retryDetails(retryAfterSeconds: number): StatusDetails {
  return retryAfterSeconds > 0 ? { retryAfterSeconds } : {};
}
