import { type ServiceError, status } from "@grpc/grpc-js";
import { messageOf } from "#base/error-message.ts";
import { CriError, type CriErrorCode } from "../services.ts";

const codes: Readonly<Record<CriErrorCode, status>> = {
  NotFound: status.NOT_FOUND,
  AlreadyExists: status.ALREADY_EXISTS,
  InvalidArgument: status.INVALID_ARGUMENT,
  FailedPrecondition: status.FAILED_PRECONDITION,
  ResourceExhausted: status.RESOURCE_EXHAUSTED,
  DeadlineExceeded: status.DEADLINE_EXCEEDED,
  Cancelled: status.CANCELLED,
  Unimplemented: status.UNIMPLEMENTED,
  Unavailable: status.UNAVAILABLE,
  Unknown: status.UNKNOWN,
};

const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as CriErrorCode]));

/** What a served call answers with: the code of a {@link CriError}, Unknown for any other error. */
export function toGrpcError(error: unknown): { code: status; details: string } {
  if (error instanceof CriError) return { code: codes[error.code], details: error.message };
  return { code: status.UNKNOWN, details: messageOf(error) };
}

/** The {@link CriError} that a failed call stands for. */
export function fromGrpcError(error: ServiceError): CriError {
  return new CriError(names.get(error.code) ?? "Unknown", error.details || error.message);
}
