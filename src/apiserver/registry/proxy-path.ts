import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";

export interface ProxyPath {
  /** The path under which the other server is seen here. */
  readonly prefix: string;
  /** What to ask it for, the query included; undefined when the request names only the prefix, without a slash. */
  readonly target: string | undefined;
}

/** `/api/v1/.../pods/p/proxy/a/?b=c` asks for `/a/?b=c` below `/api/v1/.../pods/p/proxy`. */
export function proxyPath({ info, query }: Exchange): ProxyPath {
  const slash = info.path.endsWith("/") && !info.subpath.endsWith("/") ? "/" : "";
  const below = info.subpath + slash;
  return {
    prefix: info.path.slice(0, info.path.length - below.length),
    target: below === "" ? undefined : below + queryText(query.text),
  };
}

/** Relative links of the other server's first page only work below a slash. */
export function redirectBelow({ info, query }: Exchange): HttpResponse {
  return { status: 301, headers: { location: `${info.path}/${queryText(query.text)}` } };
}

function queryText(text: string): string {
  return text === "" ? "" : `?${text}`;
}
