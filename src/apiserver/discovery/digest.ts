import { Buffer } from "node:buffer";

const encoder = new TextEncoder();

/** The first eight bytes of SHA-256 in base64: how discovery names what a kind is stored as. */
export async function storageVersionHash(storedAs: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(storedAs));
  return Buffer.from(digest, 0, 8).toString("base64");
}

/** Upper-case hexadecimal SHA-512 of a document, as upstream's entity tags are. */
export async function documentHash(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-512", bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString("hex").toUpperCase();
}

/** True when If-None-Match names this entity (quoted) or any. */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some(one => one.trim() === "*" || one.trim().replace(/^W\//, "") === tag);
}
