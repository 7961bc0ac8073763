import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { int64, list, listOf, map, message, string, strings, struct, type TypeOf, time } from "../../schema.ts";

export const boundObjectReference = struct("io.k8s.api.authentication.v1.BoundObjectReference", {
  kind: string(1, { optional: true, doc: "Kind of the object: Pod, Secret or Node." }),
  apiVersion: string(2, { optional: true, doc: "Group and version of the object." }),
  name: string(3, { optional: true, doc: "Name of the object." }),
  uid: string(4, {
    optional: true,
    protobufName: "uID",
    doc: "Uid of the object; another one of the same name does not count.",
  }),
});
export interface BoundObjectReference extends TypeOf<typeof boundObjectReference> {}

export const tokenRequestSpec = struct("io.k8s.api.authentication.v1.TokenRequestSpec", {
  audiences: list(1, strings, { listType: "atomic", doc: "Who may accept the token; the API server when left out." }),
  expirationSeconds: int64(4, {
    pointer: true,
    doc: "How long the token is to be good; the server may give it another time.",
  }),
  boundObjectRef: message(3, boundObjectReference, {
    pointer: true,
    doc: "An object without which the token is worth nothing.",
  }),
  attestations: map(5, listOf(strings, { message: true }), {
    optional: true,
    doc: "Further claims for the token, each with what proves it.",
  }),
});
export interface TokenRequestSpec extends TypeOf<typeof tokenRequestSpec> {}

export const tokenRequestStatus = struct("io.k8s.api.authentication.v1.TokenRequestStatus", {
  token: string(1, { doc: "The token." }),
  expirationTimestamp: time(2, { doc: "When it expires." }),
});
export interface TokenRequestStatus extends TypeOf<typeof tokenRequestStatus> {}

export const tokenRequestType = defineType({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenRequest",
  doc: "Asks for a token of a service account.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, tokenRequestSpec, { doc: "What token is asked for." }),
    status: message(3, tokenRequestStatus, { optional: true, doc: "The token, filled in by the server." }),
  },
});
export interface TokenRequest extends ObjectOf<typeof tokenRequestType> {}
