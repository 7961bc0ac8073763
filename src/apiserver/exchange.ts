import type { Cause } from "#base/cause.ts";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import type { Attributes, User } from "./attributes.ts";
import type { Query } from "./query.ts";
import type { RequestInfo } from "./request-info.ts";

/** One request on its way through the chain. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly query: Query;
  readonly info: RequestInfo;
  readonly auditId: string;
  /** Why this request is made; a root when nothing in the cluster led to it. */
  readonly cause: Cause;
  readonly startMs: number;
  /** Who asks; set by authentication, replaced by impersonation. */
  user: User;
  /** What is asked, by this user. */
  readonly attributes: Attributes;
  /** Throws the 403 unless the user may do this verb, too, to what the request names. */
  requireRight(verb: string): void;
  /** Texts for `Warning` headers. */
  readonly warnings: string[];
  /** Run once when the handler has answered or failed. */
  readonly cleanups: (() => void)[];
}

/** A step of the chain: answers, or lets the next step go on. Synchronous wherever it can be. */
export type Step = (exchange: Exchange) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

const streamingSubresources = new Set(["attach", "exec", "log", "portforward", "proxy"]);

/** Watches and streams: no time limit, not counted as in flight. */
export function isLongRunning(info: RequestInfo): boolean {
  return info.verb === "watch" || streamingSubresources.has(info.subresource);
}
