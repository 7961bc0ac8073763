import type { Container } from "#api/core/v1/container.ts";
import type { HTTPGetAction } from "#api/core/v1/probe.ts";

/** A port given by number, or by the name that the container gives one of its ports. */
export function resolvePort(port: number | string, container: Container): number | undefined {
  const number = typeof port === "number" ? port : /^\d+$/.test(port) ? Number(port) : undefined;
  const found = number ?? container.ports?.find(candidate => candidate.name === port)?.containerPort;
  return found !== undefined && found > 0 && found < 65_536 ? found : undefined;
}

/** What a GET carries: the kubelet's own headers unless the action says other ones; a value of nothing drops one. */
export function probeHeaders(action: HTTPGetAction, userAgent: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { "user-agent": userAgent, accept: "*/*" };
  for (const { name, value } of action.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  for (const name of ["user-agent", "accept"]) if (headers[name] === "") delete headers[name];
  return headers;
}

export function probeUrl(action: HTTPGetAction, port: number, podIp: string): string {
  const host = action.host || podIp;
  const path = action.path ?? "/";
  const authority = host.includes(":") ? `[${host}]` : host;
  return `${(action.scheme ?? "HTTP").toLowerCase()}://${authority}:${port}${path.startsWith("/") ? path : `/${path}`}`;
}
