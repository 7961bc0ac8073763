import { codecOf } from "#api/codec/codec.ts";
import { apiVersionOf, type TypeDefinition } from "#api/resource.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import type { Review } from "../registry/registry.ts";
import { checkKind, readObject, reportStrictErrors } from "./body.ts";
import type { Representation } from "./negotiate.ts";
import { respond, transientRepresentationFor } from "./respond.ts";
import { writeOptions } from "./write-options.ts";

const encoder = new TextEncoder();

/** POST of a kind that is never stored: the answer is the object with its status filled. */
export async function reviewEndpoint(review: Review, exchange: Exchange): Promise<HttpResponse> {
  const to = transientRepresentationFor(exchange);
  const { definition } = review;
  const object = await readTyped(exchange, definition);
  return respondTyped(exchange, 201, definition, await review.evaluate(object, exchange), to);
}

/** A body of the endpoint's kind, unknown fields treated as the request says, defaults filled. */
export async function readTyped<T>(exchange: Exchange, definition: TypeDefinition<T>): Promise<T> {
  const options = writeOptions(exchange, "CreateOptions");
  const decoded = await readObject(exchange, definition);
  checkKind(decoded, definition);
  reportStrictErrors(exchange, options.fieldValidation, decoded.strictErrors, definition);
  codecOf(definition).applyDefaults(decoded.object);
  return decoded.object;
}

/** Answers with an object of a kind that has no store. */
export function respondTyped<T>(
  exchange: Exchange,
  status: number,
  definition: TypeDefinition<T>,
  object: T,
  to: Representation,
): HttpResponse {
  const codec = codecOf(definition);
  const payload = {
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    json: encoder.encode(codec.encodeJson(object)),
    protobuf: () => codec.encodeProtobuf(object),
  };
  return respond(exchange, status, payload, { ...to, as: "" });
}
