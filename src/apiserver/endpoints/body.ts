import { codecOf } from "#api/codec/codec.ts";
import { type Decoded, DecodeError } from "#api/codec.ts";
import { apiVersionOf, type TypeDefinition } from "#api/resource.ts";
import { findType } from "#api/scheme.ts";
import { badRequest, unsupportedMediaType } from "#api/status.ts";
import { messageOf } from "#base/error-message.ts";
import { ProtobufError } from "#wire/protobuf.ts";
import { type ProtobufEnvelope, unwrapProtobuf } from "#wire/protobuf-envelope.ts";
import { parseYaml } from "#wire/yaml.ts";
import type { Exchange } from "../exchange.ts";
import { mediaTypes } from "./negotiate.ts";

export const bodyLimitBytes = 3 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The media type of the body, without parameters; "" when none was sent. */
export function contentTypeOf(exchange: Exchange): string {
  const header = exchange.request.headers["content-type"] ?? "";
  const semicolon = header.indexOf(";");
  return (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

/** The whole body, at most as much as upstream takes. */
export function readBody({ request }: Exchange): Promise<Uint8Array> {
  return request.readBody(bodyLimitBytes);
}

/** An object as it was sent, with what strict decoding would object to. Its kind was not checked yet. */
export async function readObject<T>(exchange: Exchange, definition: TypeDefinition<T>): Promise<Decoded<T>> {
  const bytes = await readBody(exchange);
  return decodeBody(contentTypeOf(exchange), bytes, definition);
}

export function decodeBody<T>(contentType: string, bytes: Uint8Array, definition: TypeDefinition<T>): Decoded<T> {
  switch (contentType) {
    case "":
    case mediaTypes.json:
      return decodeJson(bytes, definition);
    case mediaTypes.yaml:
      return decodeJson(yamlToJson(bytes, definition), definition);
    case mediaTypes.protobuf:
      return decodeProtobuf(bytes, definition);
    default:
      throw unsupportedMediaType(Object.values(mediaTypes));
  }
}

function decodeJson<T>(bytes: Uint8Array, definition: TypeDefinition<T>): Decoded<T> {
  try {
    return codecOf(definition).decodeJson(bytes);
  } catch (error) {
    throw undecodable(error, bytes, definition);
  }
}

function decodeProtobuf<T>(bytes: Uint8Array, definition: TypeDefinition<T>): Decoded<T> {
  const { apiVersion, kind, raw } = openEnvelope(bytes);
  try {
    return { object: codecOf(definition).decodeProtobuf(raw), apiVersion, kind, strictErrors: [] };
  } catch (error) {
    throw undecodable(error, bytes, definition);
  }
}

function openEnvelope(bytes: Uint8Array): ProtobufEnvelope {
  try {
    return unwrapProtobuf(bytes);
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}

function yamlToJson(bytes: Uint8Array, definition: TypeDefinition): Uint8Array {
  try {
    return encoder.encode(JSON.stringify(parseYaml(decoder.decode(bytes)) ?? {}));
  } catch (error) {
    const shown = [...bytes.subarray(0, 1024)].map(byte => byte.toString(16).padStart(2, "0")).join("");
    throw unrecognized(definition, `yaml: ${messageOf(error)} (${shown})`);
  }
}

function undecodable(error: unknown, bytes: Uint8Array, definition: TypeDefinition): unknown {
  if (!(error instanceof DecodeError)) return error;
  if (error.problem === "syntax") {
    const shown = bytes.length === 0 ? "<empty>" : decoder.decode(bytes.subarray(0, 1024));
    return unrecognized(definition, `couldn't get version/kind; json parse error: ${error.message} (${shown})`);
  }
  const { kind, version } = definition;
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${error.message}`);
}

function unrecognized(definition: TypeDefinition, reason: string): Error {
  return badRequest(`the object provided is unrecognized (must be of type ${definition.kind}): ${reason}`);
}

/** Refuses an object of another kind or version than the endpoint's. Typed clients may leave both out. */
export function checkKind({ apiVersion, kind }: Decoded<unknown>, definition: TypeDefinition): void {
  const own = apiVersionOf(definition);
  const sent = { apiVersion: apiVersion || own, kind: kind || definition.kind };
  if (sent.apiVersion === own && sent.kind === definition.kind) return;
  const [group, version] = groupVersionOf(sent.apiVersion);
  // The same kind in another version could be taken, but not at this endpoint.
  const known = findType(group, version, sent.kind);
  if (known !== undefined && known.kind === definition.kind) {
    throw badRequest(
      `the API version in the data (${sent.apiVersion}) does not match the expected API version (${own})`,
    );
  }
  const reason =
    known === undefined
      ? `no kind ${JSON.stringify(sent.kind)} is registered for version ${JSON.stringify(sent.apiVersion)}`
      : `converting (${version}.${sent.kind}) to (${internalPackage(definition)}.${definition.kind}): unknown conversion`;
  throw badRequest(
    `${sent.kind} in version ${JSON.stringify(version)} cannot be handled as a ${definition.kind}: ${reason}`,
  );
}

function groupVersionOf(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/** As upstream's messages name where a group's types are: `rbac` for rbac.authorization.k8s.io. Events are all core's. */
function internalPackage({ group, kind }: TypeDefinition): string {
  return group === "" || kind === "Event" ? "core" : group.split(".", 1)[0]!;
}

/** Strict: refuses unknown and repeated fields; Warn (the default): warns; Ignore: says nothing. */
export function reportStrictErrors(
  exchange: Exchange,
  fieldValidation: string,
  strictErrors: readonly string[],
  definition: TypeDefinition,
): void {
  if (strictErrors.length === 0 || fieldValidation === "Ignore") return;
  if (fieldValidation !== "Strict") {
    exchange.warnings.push(...strictErrors);
    return;
  }
  const { kind, version } = definition;
  throw badRequest(
    `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${strictErrors.join(", ")}`,
  );
}
