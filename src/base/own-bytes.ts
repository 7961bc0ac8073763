import { Buffer } from "node:buffer";

/**
 * Bytes that are kept, in memory of their own. What Buffer takes from its pool shares 64 KiB with whatever else was made
 * about then, and keeps all of it in memory as long as it is kept itself.
 */
export function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
