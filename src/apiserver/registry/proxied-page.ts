import { Buffer } from "node:buffer";
import type { BodySink, BodyWriter, HttpResponse } from "#base/http.ts";
import { type RewriteLink, rewritePageLinks } from "./proxy-links.ts";

/** Larger pages pass as they are. */
const pageLimitBytes = 2 << 20;

/** The answer with its redirect, or the links of its page, rewritten. */
export function withLinks(response: HttpResponse, rewrite: RewriteLink): HttpResponse {
  const { headers, body } = response;
  const { location } = headers;
  if (location !== undefined) return { ...response, headers: { ...headers, location: rewrite(location) } };
  const isPage = headers["content-type"]?.split(";")[0]?.trim() === "text/html";
  if (!isPage || headers["content-encoding"] !== undefined || typeof body !== "function") return response;
  return { ...response, body: sink => rewritePage(body, sink, rewrite) };
}

/** Collects the page, then sends it rewritten; one that grows too large is sent on as it comes. */
async function rewritePage(body: BodyWriter, sink: BodySink, rewrite: RewriteLink): Promise<void> {
  const collected: Uint8Array[] = [];
  let size = 0;
  const write = (bytes: Uint8Array) => {
    if (size > pageLimitBytes) return sink.write(bytes);
    collected.push(bytes);
    size += bytes.length;
    return size <= pageLimitBytes || sink.write(Buffer.concat(collected));
  };
  await body({ write, drained: () => sink.drained(), pendingBytes: 0, signal: sink.signal });
  if (size > pageLimitBytes) return;
  // Latin-1 keeps every byte of whatever encoding the page has; tags and links are ASCII.
  const page = Buffer.concat(collected).toString("latin1");
  sink.write(Buffer.from(rewritePageLinks(page, rewrite), "latin1"));
}
