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

/** Adds or replaces the entry's cluster, user and context, and selects the context. */
export function mergeKubeconfig(text: string, entry: KubeconfigEntry): string {
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
  put(document, "contexts", { name, context: { cluster: name, user: name } });
  document["current-context"] = name;
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

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}
