import { notAcceptable } from "#api/status.ts";
import { mediaTypes, negotiate, type Representation } from "../endpoints/negotiate.ts";

/**
 * The form for /api and /apis: the clauses of Accept are tried in order, and only an exact g, v and as get the
 * aggregated form, so that a client of another version falls through to its next clause.
 */
export function negotiateDiscovery(accept: string | undefined): Representation | "aggregated" {
  if (accept === undefined || !accept.includes("as=")) return negotiate(accept);
  for (const clause of accept.split(",")) {
    if (isAggregated(clause)) return "aggregated";
    const classic = tryNegotiate(clause.trim());
    if (classic !== undefined) return classic;
  }
  throw notAcceptable(Object.values(mediaTypes));
}

function isAggregated(clause: string): boolean {
  const [type, ...rest] = clause.split(";").map(part => part.trim());
  const parameters = new Map(rest.map(part => part.split("=", 2) as [string, string]));
  return (
    (type === "application/json" || type === "application/*" || type === "*/*") &&
    parameters.get("g") === "apidiscovery.k8s.io" &&
    parameters.get("v") === "v2" &&
    parameters.get("as") === "APIGroupDiscoveryList"
  );
}

function tryNegotiate(clause: string): Representation | undefined {
  if (/;\s*as=/.test(clause)) return undefined;
  try {
    return negotiate(clause);
  } catch {
    return undefined; // This clause cannot be served: the next one is asked.
  }
}
