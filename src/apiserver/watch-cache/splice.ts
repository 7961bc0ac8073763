import { Buffer } from "node:buffer";

/**
 * The store gives an object its revision after its bytes were written, so that the stored bytes carry none: it is put
 * into the served ones here, by a copy and without a parse.
 */
const metadataKey = Buffer.from('"metadata":{');
const uidKey = Buffer.from('"uid":"');
const ownKey = Buffer.from(',"resourceVersion":"');

/**
 * Canonical JSON with `metadata.resourceVersion` right after `metadata.uid`, where upstream's field order has it. Before
 * the uid stand only name, generateName, namespace and selfLink, strings in which a quote is escaped: the first
 * `"uid":"` below metadata is the field.
 */
export function spliceResourceVersion(stored: Uint8Array, revision: number): Uint8Array {
  const bytes = asBuffer(stored);
  const at = endOfUid(bytes);
  if (at < 0) return stored;
  const field = fieldOf(revision);
  const served = Buffer.allocUnsafeSlow(bytes.length + field.length); // Kept, so not of the pool.
  bytes.copy(served, 0, 0, at);
  served.write(field, at, "latin1");
  bytes.copy(served, at + field.length, at);
  return served;
}

/** Whether `served` is what {@link spliceResourceVersion} makes of these; nothing is copied to find out. */
export function isSpliceOf(served: Uint8Array, stored: Uint8Array, revision: number): boolean {
  const [whole, bytes] = [asBuffer(served), asBuffer(stored)];
  const at = endOfUid(bytes);
  if (at < 0) return whole.equals(bytes);
  const field = fieldOf(revision);
  const rest = at + field.length;
  return (
    whole.length === bytes.length + field.length &&
    whole.compare(bytes, 0, at, 0, at) === 0 &&
    whole.toString("latin1", at, rest) === field &&
    whole.compare(bytes, at, bytes.length, rest, whole.length) === 0
  );
}

/** The same bytes with another resource version: the last body of a deleted object carries the delete's. */
export function replaceResourceVersion(served: Uint8Array, revision: number): Uint8Array {
  const bytes = asBuffer(served);
  const start = endOfUid(bytes);
  if (start < 0 || bytes.compare(ownKey, 0, ownKey.length, start, start + ownKey.length) !== 0) return served;
  const end = bytes.indexOf(34 /* " */, start + ownKey.length) + 1;
  return spliceResourceVersion(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]), revision);
}

const fieldOf = (revision: number): string => `,"resourceVersion":"${revision}"`;

/** The offset behind the uid's closing quote; -1 when there is none. */
function endOfUid(bytes: Buffer): number {
  const metadata = bytes.indexOf(metadataKey);
  const uid = metadata < 0 ? -1 : bytes.indexOf(uidKey, metadata);
  return uid < 0 ? -1 : bytes.indexOf(34 /* " */, uid + uidKey.length) + 1;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
