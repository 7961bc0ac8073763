/** IPv4 ranges: pure arithmetic over the host's routing table. */
export interface Ipv4Range {
  readonly first: number;
  readonly bits: number;
}

export function parseIpv4(text: string): number {
  return text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** `10.244.0.0/16`, or an address alone (a /32). */
export function parseRange(text: string): Ipv4Range {
  const [address, bits] = text.split("/");
  const size = 2 ** (32 - Number(bits ?? 32));
  const value = parseIpv4(address!);
  return { first: value - (value % size), bits: Number(bits ?? 32) };
}

export function rangesOverlap(a: Ipv4Range, b: Ipv4Range): boolean {
  const end = (range: Ipv4Range) => range.first + 2 ** (32 - range.bits);
  return a.first < end(b) && b.first < end(a);
}

/** One line of `ip -j route`, as far as it matters here. */
export interface Route {
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly type?: string;
  readonly protocol?: string;
}

/** The range of a route; undefined for the default route, which covers everything and so says nothing. */
function routeRange(route: Route): Ipv4Range | undefined {
  return route.dst === "default" || route.dst === "0.0.0.0/0" ? undefined : parseRange(route.dst);
}

/** The first route that goes somewhere for addresses of `range`; guards (unreachable) of other clusters do not count. */
export function clashingRoute(range: string, routes: readonly Route[]): Route | undefined {
  const wanted = parseRange(range);
  return routes.find(route => {
    const found = routeRange(route);
    return route.type !== "unreachable" && found !== undefined && rangesOverlap(found, wanted);
  });
}

/** The first /24 of 198.18.0.0/15 (RFC 2544: never on the internet) that no route of the host covers, guards included. */
export function freeNodeSubnet(routes: readonly Route[]): string | undefined {
  const taken = routes.map(routeRange).filter(range => range !== undefined);
  const base = parseIpv4("198.18.0.0");
  for (let third = 0; third < 512; third++) {
    const candidate = { first: base + third * 256, bits: 24 };
    if (!taken.some(range => rangesOverlap(range, candidate))) return `${formatIpv4(candidate.first)}/24`;
  }
  return undefined;
}

/** A routing protocol number that no route carries yet, so that a cluster's guards can be told from all others. */
export function freeRouteProtocol(routes: readonly Route[]): number | undefined {
  const taken = new Set(routes.map(route => route.protocol));
  for (let protocol = 200; protocol < 255; protocol++) if (!taken.has(String(protocol))) return protocol;
  return undefined;
}

/** The `index`th address of a range, counted from its first. */
export function addressAt(range: string, index: number): string {
  return formatIpv4(parseRange(range).first + index);
}
