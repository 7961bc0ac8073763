import type { TypeDefinition } from "./resource.ts";

/**
 * What the API server and the clients derive from a definition, compiled once per definition (`codecOf`).
 * Objects that decode returns are new, mutable and owned by the caller; freeze them (`deepFreeze`) before sharing.
 */
export interface Codec<T> {
  /**
   * Strict JSON to a typed object. Throws {@link DecodeError} for malformed JSON or a value of the wrong type.
   * Unknown and duplicate fields are reported, not kept.
   */
  decodeJson(bytes: Uint8Array): Decoded<T>;
  /** From an already parsed value (after a patch). */
  decodeValue(value: unknown): Decoded<T>;
  decodeProtobuf(bytes: Uint8Array): T;
  /** Canonical JSON in upstream's field order; kind and apiVersion first unless `typeMeta` is false. */
  encodeJson(object: T, options?: { typeMeta?: boolean }): string;
  /** A plain JSON value with kind and apiVersion, zero values left out as on the wire (for merging, server-side apply). */
  toValue(object: T): Record<string, unknown>;
  /** The message alone; the `k8s\0` envelope is the endpoint's. */
  encodeProtobuf(object: T): Uint8Array;
  /** Fills every default, on a mutable object. Idempotent. */
  applyDefaults(object: T): void;
  readonly definition: TypeDefinition<T>;
}

export interface Decoded<T> {
  readonly object: T;
  /** apiVersion and kind as sent; empty when absent. */
  readonly apiVersion: string;
  readonly kind: string;
  /** As upstream words strict decoding: `unknown field "spec.replica"`, `duplicate field "spec.replicas"`. */
  readonly strictErrors: readonly string[];
}

export class DecodeError extends Error {
  override readonly name = "DecodeError";
  /** `syntax`: the bytes could not be read at all, or do not say what they are; `type`: a value of the wrong type. */
  readonly problem: "syntax" | "type";

  constructor(message: string, problem: "syntax" | "type" = "type") {
    super(message);
    this.problem = problem;
  }
}
