import { Buffer } from "node:buffer";
import { badRequest } from "#api/status.ts";

/** Where a paged list goes on: after `start`, as of `revision` (-1: as of now, when the old revision is gone). */
export interface ContinueToken {
  readonly revision: number;
  /** `/namespace/name` or `/name`, relative to what is listed. */
  readonly start: string;
}

/** Upstream's form: base64url of `{"v":"meta.k8s.io/v1","rv":N,"start":"/name\u0000"}`. */
export function formatContinueToken({ revision, start }: ContinueToken): string {
  const text = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `${start}\u0000` });
  return Buffer.from(text).toString("base64url");
}

export function parseContinueToken(token: string): ContinueToken {
  const { v, rv, start } = decode(token);
  if (v !== "meta.k8s.io/v1") throw refuse("server does not recognize this encoded version");
  if (!isRevision(rv)) throw refuse("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  if (typeof start !== "string" || start === "") throw refuse("encoded start key empty (version meta.k8s.io/v1)");
  const key = start.endsWith("\u0000") ? start.slice(0, -1) : start;
  if (key.split("/").includes("..")) throw refuse(`encoded start key ${JSON.stringify(start)} is not valid`);
  return { revision: rv, start: key.startsWith("/") ? key : `/${key}` };
}

function decode(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  const text = Buffer.from(token, "base64url").toString("utf8");
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw refuse(
      `invalid character ${JSON.stringify(text.charAt(0)).replaceAll('"', "'")} looking for beginning of value`,
    );
  }
}

/** -1 stands for the newest. */
function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && value !== 0 && (value as number) >= -1;
}

function refuse(detail: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${detail}`);
}
