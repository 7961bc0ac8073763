import { Buffer } from "node:buffer";

/** All together; the rest is left out, as proxies refuse long headers. */
const limitBytes = 4 * 1024;

/** `299 - "text"` for each, once, in one header value. */
export function warningHeader(texts: readonly string[]): string {
  let header = "";
  for (const text of new Set(texts)) {
    const warning = `299 - ${quoted(text)}`;
    if (header.length + warning.length > limitBytes) break;
    header += header === "" ? warning : `, ${warning}`;
  }
  return header;
}

function quoted(text: string): string {
  // Header values hold no control characters.
  const escaped = text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/["\\]/g, "\\$&");
  // One character per byte of UTF-8 is how header values leave as they are meant; others would be refused.
  return `"${Buffer.from(escaped).toString("latin1")}"`;
}
