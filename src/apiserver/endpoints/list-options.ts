import { type FieldError, forbidden, notSupported } from "#api/field-error.ts";
import { badRequest, failure, invalid } from "#api/status.ts";
import type { Exchange } from "../exchange.ts";
import type { Query } from "../query.ts";

export interface ListOptions {
  readonly limit: number;
  readonly continueToken: string;
  /** Undefined: the newest. */
  readonly resourceVersion: number | undefined;
  readonly match: "" | "Exact" | "NotOlderThan";
}

export interface WatchOptions {
  /** Undefined: the newest state first. */
  readonly resourceVersion: number | undefined;
  readonly bookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

export function listOptions({ query }: Exchange): ListOptions {
  if (query.text === "") return { limit: 0, continueToken: "", resourceVersion: undefined, match: "" };
  const match = query.get("resourceVersionMatch") ?? "";
  const resourceVersion = query.get("resourceVersion") ?? "";
  const limit = integer(query, "limit") ?? 0;
  integer(query, "timeoutSeconds");
  const continueToken = query.get("continue") ?? "";
  refuse(listErrors(query, match, resourceVersion));
  return {
    limit: Math.max(limit, 0),
    continueToken,
    resourceVersion: revision(resourceVersion, text => badRequest(`invalid resource version: ${text}`)),
    match: match as ListOptions["match"],
  };
}

function listErrors(query: Query, match: string, resourceVersion: string): FieldError[] {
  const errors: FieldError[] = [];
  const field = "resourceVersionMatch";
  if (match !== "") {
    if (resourceVersion === "") {
      errors.push(forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    if (query.get("continue")) {
      errors.push(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (match !== "Exact" && match !== "NotOlderThan") {
      errors.push(notSupported(field, match, ["Exact", "NotOlderThan", ""]));
    } else if (match === "Exact" && resourceVersion === "0") {
      errors.push(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (query.has("sendInitialEvents")) {
    errors.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  return errors;
}

export function watchOptions({ query }: Exchange): WatchOptions {
  const match = query.get("resourceVersionMatch") ?? "";
  const timeoutSeconds = integer(query, "timeoutSeconds");
  const sendInitialEvents = query.has("sendInitialEvents") ? query.flag("sendInitialEvents") : undefined;
  refuse(watchErrors(match, sendInitialEvents));
  return {
    resourceVersion: revision(query.get("resourceVersion") ?? "", text => failure(500, "", text)),
    bookmarks: query.flag("allowWatchBookmarks"),
    sendInitialEvents,
    timeoutSeconds: timeoutSeconds !== undefined && timeoutSeconds > 0 ? timeoutSeconds : undefined,
  };
}

function watchErrors(match: string, sendInitialEvents: boolean | undefined): FieldError[] {
  const field = "resourceVersionMatch";
  if (sendInitialEvents === undefined) {
    if (match === "") return [];
    return [forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")];
  }
  if (match === "NotOlderThan") return [];
  return [forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")];
}

/** `?resourceVersion=` of a single GET. */
export function getRevision({ query }: Exchange): number | undefined {
  return revision(query.get("resourceVersion") ?? "", text => failure(500, "", text));
}

function revision(text: string, refusal: (text: string) => Error): number | undefined {
  if (text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw refusal(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`);
}

function integer(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === "") return undefined;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", errors);
}
