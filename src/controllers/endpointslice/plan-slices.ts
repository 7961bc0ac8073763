import type { Endpoint, EndpointPort, EndpointSlice } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { jsonEqual } from "#base/json-equal.ts";
import type { PortGroup } from "../shared/endpoints-of-service.ts";

export const maxEndpointsPerSlice = 100;

export interface SlicePlan {
  readonly create: readonly PortGroup[];
  readonly update: readonly SliceUpdate[];
  readonly delete: readonly EndpointSlice[];
}

/** What a slice that is there is to hold. */
export interface SliceUpdate extends PortGroup {
  readonly slice: EndpointSlice;
}

interface Draft {
  readonly slice: EndpointSlice;
  endpoints: Endpoint[];
  changed: boolean;
}

/**
 * The fewest writes that make the slices of one address type hold exactly these endpoints: every endpoint stays where
 * it is, newcomers go into slices that change anyway, then into one with room for all of them, then into new ones. A slice
 * that would go becomes one that would be made. A Service without endpoints keeps one slice without ports.
 */
export function planSlices(groups: readonly PortGroup[], existing: readonly EndpointSlice[]): SlicePlan {
  const create: PortGroup[] = [];
  const drafts: Draft[] = [];
  const orphaned = new Set(existing);
  for (const group of groups) {
    const same = existing.filter(slice => samePorts(slice.ports, group.ports));
    for (const slice of same) orphaned.delete(slice);
    const planned = planGroup(group, same);
    create.push(...planned.create);
    drafts.push(...planned.drafts);
  }
  const gone = [...orphaned, ...drafts.filter(draft => draft.endpoints.length === 0).map(draft => draft.slice)];
  const update = drafts
    .filter(draft => draft.changed && draft.endpoints.length > 0)
    .map(({ slice, endpoints }) => ({ slice, ports: slice.ports ?? [], endpoints }));
  const isEmpty = groups.every(group => group.endpoints.length === 0);
  return isEmpty ? keepOneEmpty(gone) : recycle({ create, update, delete: gone });
}

const empty: PortGroup = { ports: [], endpoints: [] };

function keepOneEmpty(existing: readonly EndpointSlice[]): SlicePlan {
  const [only, ...others] = existing;
  const isThere = only !== undefined && others.length === 0 && !only.ports?.length && !only.endpoints?.length;
  if (isThere) return { create: [], update: [], delete: [] };
  return recycle({ create: [empty], update: [], delete: existing });
}

/** As upstream pairs them: the first that would go with the last that would be made. */
function recycle({ create, update, delete: gone }: SlicePlan): SlicePlan {
  const count = Math.min(create.length, gone.length);
  const reused = gone.slice(0, count).map((slice, at) => ({ slice, ...create[create.length - 1 - at]! }));
  return { create: create.slice(0, create.length - count), update: [...update, ...reused], delete: gone.slice(count) };
}

function planGroup(group: PortGroup, slices: readonly EndpointSlice[]): { create: PortGroup[]; drafts: Draft[] } {
  const missing = new Map(group.endpoints.map(endpoint => [idOf(endpoint), endpoint]));
  const drafts = slices.map(slice => keepWanted(slice, missing));
  let left = [...missing.values()];
  for (const draft of drafts.filter(candidate => candidate.changed)) {
    left = fill(draft, left);
  }
  const rest = left.length % maxEndpointsPerSlice;
  const roomy = drafts
    .filter(draft => draft.endpoints.length > 0 && draft.endpoints.length + rest <= maxEndpointsPerSlice)
    .sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
  if (rest > 0 && roomy !== undefined) {
    fill(roomy, left.splice(-rest));
  }
  const create: PortGroup[] = [];
  for (let at = 0; at < left.length; at += maxEndpointsPerSlice) {
    create.push({ ports: group.ports, endpoints: left.slice(at, at + maxEndpointsPerSlice) });
  }
  return { create, drafts };
}

/** What stays of a slice, in its present form; takes it out of `missing`. */
function keepWanted(slice: EndpointSlice, missing: Map<string, Endpoint>): Draft {
  const endpoints: Endpoint[] = [];
  let changed = false;
  for (const endpoint of slice.endpoints ?? []) {
    const wanted = missing.get(idOf(endpoint));
    if (wanted === undefined) {
      changed = true;
      continue;
    }
    missing.delete(idOf(endpoint));
    const { hints: _, ...before } = endpoint;
    if (!jsonEqual(before, wanted)) changed = true;
    endpoints.push(wanted);
  }
  return { slice, endpoints, changed };
}

/** Answers those that found no room. */
function fill(draft: Draft, endpoints: readonly Endpoint[]): Endpoint[] {
  const room = maxEndpointsPerSlice - draft.endpoints.length;
  if (room <= 0 || endpoints.length === 0) return [...endpoints];
  draft.endpoints = [...draft.endpoints, ...endpoints.slice(0, room)];
  draft.changed = true;
  return endpoints.slice(room);
}

function idOf(endpoint: Endpoint): string {
  return `${endpoint.targetRef?.uid ?? ""}/${endpoint.addresses[0]}`;
}

function samePorts(a: readonly EndpointPort[] | undefined, b: readonly EndpointPort[]): boolean {
  const sorted = (ports: readonly EndpointPort[]) =>
    ports.map(port => JSON.stringify([port.name, port.protocol, port.port, port.appProtocol])).sort();
  return jsonEqual(sorted(a ?? []), sorted(b));
}
