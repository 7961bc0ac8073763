import { codecOf } from "#api/codec/codec.ts";
import { type Status, statusType } from "#api/meta/v1/status.ts";
import { ApiError } from "#api/status.ts";
import { isProtobufEnvelope, unwrapProtobuf } from "#wire/protobuf-envelope.ts";

const utf8 = new TextDecoder();

/** The error that a response with a status of 400 and above means. */
export function responseError(httpStatus: number, body: Uint8Array): ApiError {
  if (isProtobufEnvelope(body)) {
    const { kind, raw } = unwrapProtobuf(body);
    return statusError({ ...codecOf(statusType).decodeProtobuf(raw), kind }, httpStatus);
  }
  return statusError(parsedOrText(utf8.decode(body)), httpStatus);
}

/** The error of a Status object; anything else becomes one with the HTTP status as its code. */
export function statusError(value: unknown, httpStatus: number): ApiError {
  if (isStatus(value)) return new ApiError(value);
  const detail = typeof value === "string" && value !== "" ? value.trim() : `the server answered ${httpStatus}`;
  return new ApiError({
    metadata: {},
    status: "Failure",
    message: detail,
    reason: reasons[httpStatus] ?? "Unknown",
    code: httpStatus,
  });
}

function isStatus(value: unknown): value is Status {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "Status";
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // Not from an API server: its words are all there is.
  }
}

/** Reasons of answers that come from something between us and the API server, which knows no Status. */
const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};
