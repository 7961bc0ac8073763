import * as grpc from "@grpc/grpc-js";
import type { ConnectOptions } from "../host.ts";

const statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** One grpc.health.v1.Health/Check: a request with one string, an answer with one enum. */
export function grpcHealth(
  host: string,
  port: number,
  service: string,
  { timeoutMs }: ConnectOptions,
): Promise<string> {
  const authority = host.includes(":") ? `[${host}]` : host;
  const client = new grpc.Client(`${authority}:${port}`, grpc.credentials.createInsecure());
  const options = { deadline: new Date(Date.now() + timeoutMs) };
  return new Promise<string>((resolve, reject) => {
    client.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      encodeRequest,
      decodeStatus,
      service,
      new grpc.Metadata(),
      options,
      (error, status) => {
        if (error !== null) reject(new Error(failureOf(error, `${authority}:${port}`, timeoutMs / 1000)));
        else resolve(status ?? "UNKNOWN");
      },
    );
  }).finally(() => client.close());
}

function failureOf({ code, details }: grpc.ServiceError, address: string, seconds: number): string {
  switch (code) {
    case grpc.status.UNAVAILABLE:
      return `timeout: failed to connect service "${address}" within ${seconds}s: context deadline exceeded`;
    case grpc.status.DEADLINE_EXCEEDED:
      return `timeout: health rpc did not complete within ${seconds}s: rpc error: code = DeadlineExceeded desc = context deadline exceeded`;
    case grpc.status.UNIMPLEMENTED:
      return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${details}`;
    default:
      return `error: health rpc probe failed: ${details}`;
  }
}

function encodeRequest(service: string): Buffer {
  const text = Buffer.from(service, "utf8");
  if (text.length === 0) return Buffer.alloc(0);
  if (text.length > 127) throw new Error("the service's name is too long");
  return Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}

function decodeStatus(bytes: Buffer): string {
  return bytes[0] === 0x08 ? (statuses[bytes[1] ?? 0] ?? "UNKNOWN") : "UNKNOWN";
}
