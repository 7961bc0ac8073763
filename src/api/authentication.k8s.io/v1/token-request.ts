import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { int64, list, listOf, map, message, string, strings, struct, type TypeOf, time } from "../../schema.ts";

export const boundObjectReference = struct("io.k8s.api.authentication.v1.BoundObjectReference", {
  kind: string(1, { optional: true }),
  apiVersion: string(2, { optional: true }),
  name: string(3, { optional: true }),
  uid: string(4, { optional: true, protobufName: "uID" }),
});
export interface BoundObjectReference extends TypeOf<typeof boundObjectReference> {}

export const tokenRequestSpec = struct("io.k8s.api.authentication.v1.TokenRequestSpec", {
  audiences: list(1, strings, { listType: "atomic" }),
  expirationSeconds: int64(4, { pointer: true }),
  boundObjectRef: message(3, boundObjectReference, { pointer: true }),
  attestations: map(5, listOf(strings, { message: true }), { optional: true }),
});
export interface TokenRequestSpec extends TypeOf<typeof tokenRequestSpec> {}

export const tokenRequestStatus = struct("io.k8s.api.authentication.v1.TokenRequestStatus", {
  token: string(1),
  expirationTimestamp: time(2),
});
export interface TokenRequestStatus extends TypeOf<typeof tokenRequestStatus> {}

export const tokenRequestType = defineType({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenRequest",
  doc: "Asks for a token of a service account.",
  fields: {
    metadata: message(1, objectMeta),
    spec: message(2, tokenRequestSpec),
    status: message(3, tokenRequestStatus, { optional: true }),
  },
});
export interface TokenRequest extends ObjectOf<typeof tokenRequestType> {}
