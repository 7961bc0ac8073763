import type { Service } from "#api/core/v1/service.ts";
import {
  type Message,
  type Question,
  type RecordData,
  type ResourceRecord,
  recordTypes,
  responseCodes,
  typeNumber,
} from "./wire/message.ts";
import { addressLabel, type HostEndpoint, namedPorts, readyEndpoints, type Zone } from "./zone.ts";

/** `notOurs`: the name is outside of the cluster. */
export type Answer =
  | { readonly type: "notOurs" }
  | {
      readonly type: "answer";
      readonly responseCode: number;
      readonly answers: readonly ResourceRecord[];
      readonly authorities: readonly ResourceRecord[];
      readonly additionals: readonly ResourceRecord[];
      /** A CNAME led out of the cluster: the addresses of this name belong to the answer too. */
      readonly continueAt?: string;
    };

const ttlSeconds = 30;
const specificationVersion = "1.1.0";
/** A Service whose external name is a Service whose ...: followed this far. */
const maxAliases = 8;

/** What a name of the cluster's domain stands for: undefined when there is no such name. */
interface Found {
  readonly records: readonly RecordData[];
  readonly additionals?: readonly ResourceRecord[];
}

/** Answers a question from what the cluster says now, as Kubernetes' DNS specification wants it. Pure. */
export function answer(question: Question, zone: Zone, now: number): Answer {
  const name = question.name.toLowerCase();
  if (name.endsWith(".in-addr.arpa")) return reverse(question, name, zone);
  const labels = labelsBelow(name, zone.domain);
  if (labels === undefined) return { type: "notOurs" };
  return resolve(question, labels, zone, now);
}

/** A response to `query` with this answer. */
export function responseTo(query: Message, found: Exclude<Answer, { type: "notOurs" }>): Message {
  return {
    ...emptyResponse(query, found.responseCode),
    authoritative: true,
    answers: found.answers,
    authorities: found.authorities,
    additionals: found.additionals,
  };
}

export function emptyResponse(query: Message, responseCode: number): Message {
  return {
    id: query.id,
    isResponse: true,
    opcode: query.opcode,
    authoritative: false,
    truncated: false,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    responseCode,
    questions: query.questions,
    answers: [],
    authorities: [],
    additionals: [],
    ...(query.edns && { edns: { udpSize: 1232 } }),
  };
}

function resolve(question: Question, labels: readonly string[], zone: Zone, now: number): Answer {
  const answers: ResourceRecord[] = [];
  const additionals: ResourceRecord[] = [];
  let owner = question.name;
  let found = lookUp(labels, question, zone, now);
  for (let i = 0; found !== undefined && i < maxAliases; i++) {
    const wanted = rotated(
      found.records.filter(data => isWanted(data, question.type)),
      now,
    );
    answers.push(...wanted.map(data => ({ name: owner, ttlSeconds, data })));
    additionals.push(...(found.additionals ?? []));
    const alias = found.records.find(data => data.type === "CNAME");
    if (alias?.type !== "CNAME" || question.type === recordTypes.CNAME) break;
    const below = labelsBelow(alias.target.toLowerCase(), zone.domain);
    if (below === undefined) return { ...success(answers, [], additionals), continueAt: alias.target };
    owner = alias.target;
    found = lookUp(below, question, zone, now);
  }
  if (answers.length > 0) return success(answers, [], additionals);
  const code = found === undefined ? responseCodes.nameError : responseCodes.success;
  return { ...success([], [authority(zone, now)], []), responseCode: code };
}

function success(
  answers: readonly ResourceRecord[],
  authorities: readonly ResourceRecord[],
  additionals: readonly ResourceRecord[],
): Exclude<Answer, { type: "notOurs" }> {
  return { type: "answer", responseCode: responseCodes.success, answers, authorities, additionals };
}

/** By the last labels: `svc`, `pod`, or one of the domain's own names. */
function lookUp(labels: readonly string[], question: Question, zone: Zone, now: number): Found | undefined {
  const [kind, ...rest] = labels.toReversed();
  if (kind === undefined) return { records: [authority(zone, now).data, { type: "NS", target: nameServer(zone) }] };
  if (labels.join(".") === "dns-version") return { records: [{ type: "TXT", texts: [specificationVersion] }] };
  if (kind === "pod") return podRecords(rest, zone);
  if (kind === "svc") return serviceNames(rest, question, zone);
  return kind === "dns" && labels.length <= 2 ? nothing : undefined;
}

/** The name exists but has no records. */
const nothing: Found = { records: [] };

function podRecords([namespace, label, ...more]: readonly string[], zone: Zone): Found | undefined {
  if (namespace === undefined) return nothing;
  if (!zone.hasNamespace(namespace) || more.length > 0) return undefined;
  if (label === undefined) return nothing;
  const address = label.replaceAll("-", ".");
  return isAddress(address) ? { records: [{ type: "A", address }] } : undefined;
}

function serviceNames(rest: readonly string[], question: Question, zone: Zone): Found | undefined {
  const [namespace, name, third, fourth, ...more] = rest;
  if (namespace === undefined) return nothing;
  if (name === undefined) return zone.hasNamespace(namespace) ? nothing : undefined;
  const service = zone.service(namespace, name);
  if (service === undefined || more.length > 0) return undefined;
  if (service.spec.type === "ExternalName") {
    const target = (service.spec.externalName ?? "").replace(/\.$/, "");
    return third === undefined && target !== "" ? { records: [{ type: "CNAME", target }] } : undefined;
  }
  const view = viewOf(service, zone);
  if (third === undefined) return question.type === recordTypes.SRV ? ports(view, () => true) : addresses(view);
  if (fourth === undefined) return oneEndpoint(view, third);
  const [protocol, port] = [third, fourth];
  if (!protocol.startsWith("_") || !port.startsWith("_")) return undefined;
  const wanted = (candidate: { readonly name: string; readonly protocol: string }) =>
    candidate.name === port.slice(1) && candidate.protocol === protocol.slice(1);
  const found = ports(view, wanted);
  return found.records.length > 0 ? found : undefined;
}

interface ServiceView {
  readonly service: Service;
  /** `web.shop.svc.cluster.local`. */
  readonly name: string;
  readonly isHeadless: boolean;
  readonly endpoints: readonly HostEndpoint[];
}

function viewOf(service: Service, zone: Zone): ServiceView {
  const { name = "", namespace = "" } = service.metadata;
  const isHeadless = service.spec.clusterIP === "None";
  return {
    service,
    name: `${name}.${namespace}.svc.${zone.domain}`,
    isHeadless,
    endpoints: isHeadless ? readyEndpoints(zone.slices(namespace, name)) : [],
  };
}

function addresses({ service, isHeadless, endpoints }: ServiceView): Found | undefined {
  if (isHeadless) {
    // CoreDNS: a headless Service with no ready endpoint has no name.
    return endpoints.length === 0 ? undefined : { records: endpoints.map(({ address }) => addressRecord(address)) };
  }
  return { records: clusterIps(service).map(addressRecord) };
}

function oneEndpoint({ endpoints }: ServiceView, host: string): Found | undefined {
  const matching = endpoints.filter(endpoint => endpoint.host.toLowerCase() === host);
  return matching.length === 0 ? undefined : { records: matching.map(({ address }) => addressRecord(address)) };
}

type PortFilter = (port: { readonly name: string; readonly protocol: string }) => boolean;

/** SRV records with the addresses of their targets. */
function ports(view: ServiceView, wanted: PortFilter): Found {
  const targets = view.isHeadless
    ? view.endpoints.map(endpoint => ({
        target: `${endpoint.host}.${view.name}`,
        addresses: [endpoint.address],
        ports: endpoint.ports.filter(wanted),
      }))
    : [
        {
          target: view.name,
          addresses: clusterIps(view.service),
          ports: namedPorts(view.service.spec.ports ?? []).filter(wanted),
        },
      ];
  const used = targets.filter(target => target.ports.length > 0);
  const count = used.reduce((sum, target) => sum + target.ports.length, 0);
  const weight = Math.max(1, Math.floor(100 / Math.max(1, count)));
  return {
    records: used.flatMap(({ target, ports: list }) =>
      list.map(({ port }): RecordData => ({ type: "SRV", priority: 0, weight, port, target })),
    ),
    additionals: used.flatMap(({ target, addresses: list }) =>
      list.map(address => ({ name: target, ttlSeconds, data: addressRecord(address) })),
    ),
  };
}

/** `9.0.96.10.in-addr.arpa`: the Service or endpoint with that address. Addresses of others are not ours to deny. */
function reverse(question: Question, name: string, zone: Zone): Answer {
  const address = name.slice(0, -".in-addr.arpa".length).split(".").reverse().join(".");
  const target = isAddress(address) ? ownerOf(address, zone) : undefined;
  if (target === undefined || !isWanted({ type: "PTR", target }, question.type)) return { type: "notOurs" };
  return success([{ name: question.name, ttlSeconds, data: { type: "PTR", target } }], [], []);
}

function ownerOf(address: string, zone: Zone): string | undefined {
  const service = zone.serviceByIp(address);
  if (service !== undefined) return viewOf(service, zone).name;
  const slice = zone.sliceByIp(address);
  const name = slice?.metadata.labels?.["kubernetes.io/service-name"];
  if (slice === undefined || !name) return undefined;
  const endpoint = slice.endpoints.find(({ addresses: list }) => list.includes(address));
  const host = endpoint?.hostname || addressLabel(address);
  return `${host}.${name}.${slice.metadata.namespace}.svc.${zone.domain}`;
}

function clusterIps({ spec }: Service): readonly string[] {
  const all = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
  return all.filter(address => address !== "" && address !== "None");
}

function addressRecord(address: string): RecordData {
  return { type: address.includes(":") ? "AAAA" : "A", address };
}

function isWanted(data: RecordData, type: number): boolean {
  return data.type === "CNAME" || type === recordTypes.ANY || typeNumber(data) === type;
}

function isAddress(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** The labels before the domain; undefined for names outside of it. */
function labelsBelow(name: string, domain: string): readonly string[] | undefined {
  if (name === domain) return [];
  return name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1).split(".") : undefined;
}

/** Clients mostly take the first address: each millisecond another one is first. */
function rotated<T>(values: readonly T[], now: number): readonly T[] {
  const first = values.length === 0 ? 0 : Math.floor(now) % values.length;
  return [...values.slice(first), ...values.slice(0, first)];
}

function nameServer(zone: Zone): string {
  return `ns.dns.${zone.domain}`;
}

function authority(zone: Zone, now: number): ResourceRecord {
  const data: RecordData = {
    type: "SOA",
    primary: nameServer(zone),
    mailbox: `hostmaster.${zone.domain}`,
    serial: Math.floor(now / 1000),
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttlSeconds,
  };
  return { name: zone.domain, ttlSeconds, data };
}
