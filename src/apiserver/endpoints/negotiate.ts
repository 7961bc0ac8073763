import { notAcceptable } from "#api/status.ts";

/** The form in which an answer goes out. */
export interface Representation {
  readonly format: "json" | "yaml" | "protobuf";
  readonly as: "" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** Version of meta.k8s.io for `as`. */
  readonly asVersion: "v1" | "v1beta1";
  readonly pretty: boolean;
}

export const mediaTypes = {
  json: "application/json",
  yaml: "application/yaml",
  protobuf: "application/vnd.kubernetes.protobuf",
} as const;

const formats: Readonly<Record<string, Representation["format"]>> = {
  "*/*": "json",
  "application/*": "json",
  [mediaTypes.json]: "json",
  [mediaTypes.yaml]: "yaml",
  [mediaTypes.protobuf]: "protobuf",
};

const plainJson: Representation = { format: "json", as: "", asVersion: "v1", pretty: false };

type Parsed = Map<string, Representation | undefined>;

/** Few clients, few Accept headers: each is parsed once. Bounded, because the text is the client's. */
const parsedLimit = 256;
const forResources: Parsed = new Map();
const forTransients: Parsed = new Map();

/**
 * Picks the first form of the Accept header that can be served; throws 406 when there is none. What is never stored
 * (`tables: false`) has no Table.
 */
export function negotiate(accept: string | undefined, { tables } = { tables: true }): Representation {
  if (accept === undefined || accept === "" || accept === "*/*" || accept === mediaTypes.json) return plainJson;
  const parsed = tables ? forResources : forTransients;
  let found = parsed.get(accept);
  if (found === undefined && !parsed.has(accept)) {
    found = firstServable(accept, tables);
    if (parsed.size < parsedLimit) parsed.set(accept, found);
  }
  if (found === undefined) throw notAcceptable(Object.values(mediaTypes));
  return found;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

function firstServable(accept: string, tables: boolean): Representation | undefined {
  const clauses = accept.split(",").map(parseClause);
  clauses.sort((a, b) => b.quality - a.quality);
  for (const clause of clauses) {
    const representation = representationOf(clause);
    if (representation !== undefined && (tables || representation.as !== "Table")) return representation;
  }
  return undefined;
}

function parseClause(text: string): Clause {
  const [type = "", ...rest] = text.split(";").map(part => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf("=");
    if (equals > 0) parameters.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const quality = Number(parameters.get("q") ?? 1);
  return { type, parameters, quality: Number.isNaN(quality) ? 1 : quality };
}

function representationOf({ type, parameters }: Clause): Representation | undefined {
  const format = formats[type];
  if (format === undefined) return undefined;
  const pretty = parameters.get("pretty") === "1";
  const as = parameters.get("as");
  if (as === undefined) return { format, as: "", asVersion: "v1", pretty };
  const asVersion = parameters.get("v");
  if (parameters.get("g") !== "meta.k8s.io" || (asVersion !== "v1" && asVersion !== "v1beta1")) return undefined;
  // Table is not on the protobuf wire.
  if (as === "Table" && format !== "protobuf") return { format, as, asVersion, pretty };
  if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return { format, as, asVersion, pretty };
  return undefined;
}
