import { type Node, nodes } from "#api/core/v1/node.ts";
import type { Clock } from "#base/clock.ts";
import type { Helper } from "#base/helper.ts";
import type { Log } from "#base/log.ts";
import type { InformerFactory } from "#client/informer.ts";
import { keepInStep } from "./keep-in-step.ts";

export interface NodeRoutesDeps {
  readonly informers: InformerFactory;
  /** Runs its commands inside the node's network namespace. */
  readonly helper: Helper;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pod range to the address of the node that holds it. */
export type Routes = ReadonlyMap<string, string>;

/** Names our routes among a node's others. */
const protocol = "210";

/** Where the pods of all other nodes are. Pure. */
export function planRoutes(all: readonly Node[], self: string): Routes {
  const routes = new Map<string, string>();
  for (const node of all) {
    const address = node.status?.addresses?.find(each => each.type === "InternalIP")?.address;
    const range = node.spec.podCIDR;
    if (node.metadata.name !== self && range && address !== undefined) routes.set(range, address);
  }
  return routes;
}

/** Lines for `ip -batch` that turn `now` into `wanted`. Pure. */
export function routeCommands(now: Routes, wanted: Routes): readonly string[] {
  const lines: string[] = [];
  for (const range of now.keys()) if (!wanted.has(range)) lines.push(`route del ${range} proto ${protocol}`);
  for (const [range, address] of wanted)
    if (now.get(range) !== address) lines.push(`route replace ${range} via ${address} proto ${protocol}`);
  return lines;
}

/** **Makes true:** this node routes every other node's pod range to that node. */
export function createNodeRoutes(deps: NodeRoutesDeps, options: { readonly nodeName: string }) {
  const informer = deps.informers.informer(nodes);
  /** What the kernel has; unknown at the start and after a failure. */
  let now: Routes | undefined;
  const sync = async () => {
    now ??= await readRoutes(deps.helper);
    const wanted = planRoutes(informer.list(), options.nodeName);
    const lines = routeCommands(now, wanted);
    if (lines.length > 0) await apply(deps.helper, lines);
    now = wanted;
  };
  const failed = (error: unknown) => {
    now = undefined;
    deps.log.warn("routes to other nodes could not be set", { error });
  };
  return {
    run: (signal: AbortSignal): Promise<void> => keepInStep(informer, { sync, failed }, { clock: deps.clock, signal }),
  };
}

async function readRoutes(helper: Helper): Promise<Routes> {
  const { stdout } = await helper.run(["ip", "-j", "-N", "route", "show", "proto", protocol]);
  const found = JSON.parse(stdout || "[]") as readonly { readonly dst: string; readonly gateway?: string }[];
  return new Map(found.map(route => [route.dst, route.gateway ?? ""]));
}

async function apply(helper: Helper, lines: readonly string[]): Promise<void> {
  const result = await helper.run(["ip", "-batch", "-"], { input: `${lines.join("\n")}\n` });
  if (result.exitCode !== 0) throw new Error(`ip: ${result.stderr.trim()}`);
}
