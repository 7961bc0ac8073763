import type { KubernetesObject, ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import type { ObjectList, WatchEvent } from "./client.ts";

/** How objects look on the connection: JSON or protobuf. Everything that is decoded comes back deeply frozen. */
export interface WireFormat {
  readonly accept: string;
  readonly acceptWatch: string;
  readonly contentType: string;
  encode<T>(definition: TypeDefinition<T>, object: T): Uint8Array;
  decode<T>(definition: TypeDefinition<T>, bytes: Uint8Array): T;
  decodeList<T extends KubernetesObject>(resource: ResourceDefinition<T>, bytes: Uint8Array): ObjectList<T>;
  /** Cuts a watch body into frames; each frame is one event's bytes. */
  frames(): FrameReader;
  /** Throws an ApiError for an event of type ERROR. */
  decodeEvent<T extends KubernetesObject>(resource: ResourceDefinition<T>, frame: Uint8Array): WatchEvent<T>;
}

/** Takes chunks as they arrive and gives the frames that are complete. */
export interface FrameReader {
  push(chunk: Uint8Array): readonly Uint8Array[];
}

/** Marks the bookmark that ends the initial events of a WatchList stream. */
export const initialEventsEndAnnotation = "k8s.io/initial-events-end";

export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
