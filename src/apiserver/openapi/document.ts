import type { ResourceDefinition } from "#api/resource.ts";
import { apiVersionOf } from "#api/resource.ts";
import type { Group, GroupVersion } from "../discovery/group-versions.ts";
import { reviewResources } from "../discovery/review-resources.ts";
import type { Pause } from "../pause.ts";
import { Definitions } from "./definitions.ts";
import { type Dialect, type JsonObject, openApi2, openApi3 } from "./dialect.ts";
import { Paths } from "./paths.ts";

export interface Source {
  readonly resources: readonly ResourceDefinition[];
  readonly groups: readonly Group[];
  /** The version that `info` names. */
  readonly version: string;
}

const security = [{ BearerToken: [] }];
const bearerToken = {
  description: "Bearer token of a user or a service account.",
  type: "apiKey",
  in: "header",
  name: "authorization",
};

/** The OpenAPI 3 document of one group and version. */
export async function openApi3Document(source: Source, of: GroupVersion, pause: Pause): Promise<JsonObject> {
  const { paths, schemas } = await describe(source, [of], openApi3, pause);
  return {
    openapi: "3.0.0",
    info: infoOf(source),
    paths,
    components: { schemas, securitySchemes: { BearerToken: bearerToken } },
    security,
  };
}

/** The OpenAPI 2 document of everything that is served. */
export async function openApi2Document(source: Source, pause: Pause): Promise<JsonObject> {
  const versions = source.groups.flatMap(group => group.versions);
  const { paths, schemas } = await describe(source, versions, openApi2, pause);
  return {
    swagger: "2.0",
    info: infoOf(source),
    paths,
    definitions: schemas,
    securityDefinitions: { BearerToken: bearerToken },
    security,
  };
}

/** `api/v1`, `apis/apps/v1`: how the index of OpenAPI 3 names a document. */
export function documentKey(of: GroupVersion): string {
  return `${of.group === "" ? "api" : "apis"}/${apiVersionOf(of)}`;
}

async function describe(source: Source, versions: readonly GroupVersion[], dialect: Dialect, pause: Pause) {
  const definitions = new Definitions(dialect);
  const paths = new Paths(dialect, definitions);
  for (const { group, version } of versions) {
    for (const resource of source.resources) {
      if (resource.group !== group || resource.version !== version) continue;
      paths.addResource(resource);
      await pause();
    }
    for (const review of reviewResources) {
      if (review.definition.group === group && review.definition.version === version) paths.addReview(review);
    }
  }
  return { paths: paths.toJson(), schemas: definitions.toJson() };
}

function infoOf({ version }: Source): JsonObject {
  return { title: "Kubernetes", version };
}

const encoder = new TextEncoder();

/** A document as JSON bytes, written part by part so that the event loop is not held. */
export async function encodeJson(document: JsonObject, pause: Pause): Promise<Uint8Array> {
  const parts: string[] = [];
  await writeJson(document, 2, parts, pause);
  await pause();
  return encoder.encode(parts.join(""));
}

async function writeJson(value: unknown, depth: number, parts: string[], pause: Pause): Promise<void> {
  if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value)) {
    parts.push(JSON.stringify(value));
    return pause();
  }
  let separator = "{";
  for (const [key, inner] of Object.entries(value)) {
    parts.push(`${separator}${JSON.stringify(key)}:`);
    await writeJson(inner, depth - 1, parts, pause);
    separator = ",";
  }
  parts.push(separator === "{" ? "{}" : "}");
}
