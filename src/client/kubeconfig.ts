import { Buffer } from "node:buffer";
import { dump, load } from "js-yaml";

/**
 * Kubeconfig files as text in, text out: the caller reads and writes the file (mode 0600, written aside and renamed).
 * Entries and fields that are not ours are kept as they are.
 */
export interface KubeconfigEntry {
  /** Names the cluster, the user and the context. */
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly namespace?: string;
}

/** What a client needs to reach the cluster of a context. PEM texts, not files. */
export interface KubeconfigConnection {
  readonly server: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
  readonly namespace?: string;
}

export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
}

interface Named {
  readonly name: string;
  readonly [field: string]: unknown;
}

type Document = Record<string, unknown>;
type Section = "clusters" | "users" | "contexts";

/** Adds or replaces the entry's cluster, user and context, and selects the context unless told otherwise. */
export function mergeKubeconfig(text: string, entry: KubeconfigEntry, options: { select?: boolean } = {}): string {
  const document = parse(text);
  const { name } = entry;
  put(document, "clusters", {
    name,
    cluster: { server: entry.server, "certificate-authority-data": encode(entry.certificateAuthority) },
  });
  put(document, "users", {
    name,
    user: {
      "client-certificate-data": encode(entry.clientCertificate),
      "client-key-data": encode(entry.clientKey),
    },
  });
  const context = { cluster: name, user: name, ...(entry.namespace && { namespace: entry.namespace }) };
  put(document, "contexts", { name, context });
  if (options.select !== false) document["current-context"] = name;
  return write(document);
}

/** Takes the cluster, user and context of that name out; a current context that points there becomes empty. */
export function removeFromKubeconfig(text: string, name: string): string {
  const document = parse(text);
  for (const section of ["clusters", "users", "contexts"] as const) {
    document[section] = entries(document, section).filter(entry => entry.name !== name);
  }
  if (document["current-context"] === name) document["current-context"] = "";
  return write(document);
}

/** Makes an existing context the current one. */
export function selectContext(text: string, name: string): string {
  const document = parse(text);
  if (!entries(document, "contexts").some(entry => entry.name === name)) {
    throw new KubeconfigError(`no context named ${JSON.stringify(name)}`);
  }
  document["current-context"] = name;
  return write(document);
}

export function currentContext(text: string): string | undefined {
  const current = parse(text)["current-context"];
  return typeof current === "string" && current !== "" ? current : undefined;
}

/** How to reach the cluster of `context`, or of the current one. */
export function connectionOf(text: string, context?: string): KubeconfigConnection {
  const document = parse(text);
  const name = context ?? currentContext(text);
  if (name === undefined) throw new KubeconfigError("no current context is set");
  const chosen = inner(document, "contexts", name, "context");
  const cluster = inner(document, "clusters", String(chosen["cluster"]), "cluster");
  const user = chosen["user"] ? inner(document, "users", String(chosen["user"]), "user") : {};
  return {
    server: String(cluster["server"] ?? ""),
    ...optional("certificateAuthority", decode(cluster["certificate-authority-data"])),
    ...optional("clientCertificate", decode(user["client-certificate-data"])),
    ...optional("clientKey", decode(user["client-key-data"])),
    ...optional("token", textOf(user["token"])),
    ...optional("namespace", textOf(chosen["namespace"])),
  };
}

function parse(text: string): Document {
  const value = text.trim() === "" ? {} : load(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new KubeconfigError("the kubeconfig is not a YAML mapping");
  }
  return { apiVersion: "v1", kind: "Config", ...value };
}

function write(document: Document): string {
  return dump(document, { lineWidth: -1, noRefs: true });
}

/** kubectl writes `null` for an empty section. */
function entries(document: Document, section: Section): readonly Named[] {
  const value = document[section];
  return Array.isArray(value) ? (value as Named[]) : [];
}

function put(document: Document, section: Section, entry: Named): void {
  document[section] = [...entries(document, section).filter(other => other.name !== entry.name), entry];
}

function inner(document: Document, section: Section, name: string, field: string): Record<string, unknown> {
  const entry = entries(document, section).find(candidate => candidate.name === name);
  if (entry === undefined) throw new KubeconfigError(`no ${field} named ${JSON.stringify(name)}`);
  return (entry[field] ?? {}) as Record<string, unknown>;
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decode(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? Buffer.from(value, "base64").toString() : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string });
}
