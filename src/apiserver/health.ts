import type { HttpResponse } from "#base/http.ts";
import { respondText } from "./endpoints/respond.ts";
import type { Exchange } from "./exchange.ts";

/** One thing that has to be well; resolves to what is wrong. */
export interface HealthCheck {
  readonly name: string;
  check(): string | undefined | Promise<string | undefined>;
}

export interface HealthChecks {
  /** /livez and /healthz: whether a restart would help. */
  readonly live: readonly HealthCheck[];
  /** /readyz: whether to send requests here. */
  readonly ready: readonly HealthCheck[];
}

const roots = ["/healthz", "/livez", "/readyz"] as const;

/** Answers the health paths and their single checks (`/readyz/etcd`). */
export async function healthPath({ live, ready }: HealthChecks, exchange: Exchange): Promise<HttpResponse | undefined> {
  const { path } = exchange.request;
  const root = roots.find(each => path === each || path === `${each}/` || path.startsWith(`${each}/`));
  if (root === undefined) return undefined;
  const checks = root === "/readyz" ? ready : live;
  const single = path.slice(root.length + 1);
  if (single !== "") {
    const check = checks.find(({ name }) => name === single);
    if (check === undefined) return undefined;
    const problem = await check.check();
    return problem === undefined ? respondText(200, "ok") : respondText(500, `internal server error: ${problem}\n`);
  }
  return checkAll(root.slice(1), checks, exchange);
}

export function healthPaths({ live, ready }: HealthChecks): string[] {
  const below = (root: string, checks: readonly HealthCheck[]) => [
    root,
    ...checks.map(({ name }) => `${root}/${name}`),
  ];
  return [...below("/healthz", live), ...below("/livez", live), ...below("/readyz", ready)];
}

async function checkAll(name: string, checks: readonly HealthCheck[], { query }: Exchange): Promise<HttpResponse> {
  const excluded = new Set(query.getAll("exclude"));
  const lines: string[] = [];
  let failed = false;
  for (const check of checks) {
    if (excluded.has(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`);
      continue;
    }
    const problem = await check.check();
    failed ||= problem !== undefined;
    // Reasons are for the log: this path may be open to everybody.
    lines.push(problem === undefined ? `[+]${check.name} ok` : `[-]${check.name} failed: reason withheld`);
  }
  if (failed) return respondText(500, `${lines.join("\n")}\n${name} check failed\n`);
  return respondText(200, query.flag("verbose") ? `${lines.join("\n")}\n${name} check passed\n` : "ok");
}
