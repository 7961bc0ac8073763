import type { ResourceDefinition } from "#api/resource.ts";
import { notAcceptable } from "#api/status.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import type { DocumentHandler } from "../discovery/documents.ts";
import { type GroupVersion, groupsOf } from "../discovery/group-versions.ts";
import { pauses } from "../pause.ts";
import { documentKey, encodeJson, openApi2Document, openApi3Document, type Source } from "./document.ts";
import { ServedDocument } from "./served-document.ts";

export interface OpenApiOptions {
  readonly clock: Clock;
  /** The server's version, for `info`. */
  readonly version: string;
}

const encoder = new TextEncoder();
const json = "application/json";
const protobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** How clients before 1.27 ask for it; the answer names the newer type. */
const oldProtobufV2 = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/**
 * /openapi/v2 and /openapi/v3 of what `resources` says at the time. Documents are made on first ask and kept until it
 * returns another array.
 */
export function createOpenApi(
  resources: () => readonly ResourceDefinition[],
  options: OpenApiOptions,
): DocumentHandler {
  let current: Documents | undefined;
  return request => {
    const path = request.path.replace(/\/$/, "");
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (path !== "/openapi/v2" && path !== "/openapi/v3" && !path.startsWith("/openapi/v3/")) return undefined;
    const now = resources();
    if (current?.resources !== now) current = new Documents(options.clock, now, options.version);
    if (path === "/openapi/v2") return answerV2(current, request);
    if (path === "/openapi/v3") return answerIndex(current, request);
    const version = current.versions.get(path.slice("/openapi/v3/".length));
    return version === undefined ? undefined : answerV3(current, version, request);
  };
}

/** One generation of documents. A part that failed is tried again on the next ask. */
class Documents {
  readonly resources: readonly ResourceDefinition[];
  readonly versions: ReadonlyMap<string, GroupVersion>;
  readonly #clock: Clock;
  readonly #source: Source;
  readonly #made = new Map<string, Promise<ServedDocument>>();

  constructor(clock: Clock, resources: readonly ResourceDefinition[], version: string) {
    this.resources = resources;
    this.#clock = clock;
    this.#source = { resources, groups: groupsOf(resources), version };
    const versions = this.#source.groups.flatMap(group => group.versions);
    this.versions = new Map(versions.map(version => [documentKey(version), version]));
  }

  v2(contentType: typeof json | typeof protobufV2): Promise<ServedDocument> {
    return this.#once(contentType, contentType, async pause => {
      const document = await openApi2Document(this.#source, pause);
      if (contentType === json) return encodeJson(document, pause);
      // Only old clients ask: the server starts without the library.
      const { encodeProtobuf } = await import("./protobuf-v2.ts");
      return encodeProtobuf(document, pause);
    });
  }

  v3(version: GroupVersion): Promise<ServedDocument> {
    return this.#once(documentKey(version), json, async pause =>
      encodeJson(await openApi3Document(this.#source, version, pause), pause),
    );
  }

  /** Where each document of OpenAPI 3 is; the hash in its address lets clients keep it for ever. */
  index(): Promise<ServedDocument> {
    return this.#once("index", "text/plain; charset=utf-8", async () => {
      const paths: Record<string, object> = {};
      for (const [key, version] of [...this.versions].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const { hash } = await this.v3(version);
        paths[key] = { serverRelativeURL: `/openapi/v3/${key}?hash=${hash}` };
      }
      return encoder.encode(JSON.stringify({ paths }));
    });
  }

  #once(
    key: string,
    contentType: string,
    make: (pause: ReturnType<typeof pauses>) => Promise<Uint8Array>,
  ): Promise<ServedDocument> {
    let made = this.#made.get(key);
    if (made === undefined) {
      made = make(pauses(this.#clock)).then(bytes => ServedDocument.of(bytes, contentType, this.#clock.now()));
      this.#made.set(key, made);
      made.catch(() => this.#made.delete(key)); // Whoever asked is told; the next one tries anew.
    }
    return made;
  }
}

async function answerV2(documents: Documents, request: HttpRequest): Promise<HttpResponse> {
  const document = await documents.v2(negotiateV2(request.headers["accept"]));
  return document.respond(request);
}

function negotiateV2(accept: string | undefined): typeof json | typeof protobufV2 {
  for (const clause of (accept || "*/*").split(",")) {
    const type = clause.split(";", 1)[0]!.trim();
    if (type === protobufV2 || type === oldProtobufV2) return protobufV2;
    if (type === json || type === "*/*" || type === "application/*") return json;
  }
  throw notAcceptable([json, protobufV2]);
}

async function answerIndex(documents: Documents, request: HttpRequest): Promise<HttpResponse> {
  return (await documents.index()).respond(request);
}

async function answerV3(documents: Documents, version: GroupVersion, request: HttpRequest): Promise<HttpResponse> {
  if (!acceptsJson(request.headers["accept"])) throw notAcceptable([json]);
  const document = await documents.v3(version);
  const asked = new URLSearchParams(request.query).get("hash");
  if (asked === null) return document.respond(request);
  if (asked === document.hash) return document.respond(request, "public, immutable");
  // The client's index is old: what it asked for is no more.
  const location = `/openapi/v3/${documentKey(version)}?hash=${document.hash}`;
  return { status: 301, headers: { location } };
}

function acceptsJson(accept: string | undefined): boolean {
  const types = (accept || "*/*").split(",").map(clause => clause.split(";", 1)[0]!.trim());
  return types.some(type => type === json || type === "*/*" || type === "application/*");
}
