import type { HttpRequest, HttpResponse } from "#base/http.ts";
import { documentHash, matchesTag } from "../discovery/digest.ts";

/** A finished document, compressed on first ask. */
export class ServedDocument {
  readonly contentType: string;
  readonly hash: string;
  readonly #bytes: Uint8Array;
  readonly #lastModified: string;
  #compressed: Promise<Uint8Array> | undefined;

  private constructor(bytes: Uint8Array, contentType: string, hash: string, lastModified: string) {
    this.contentType = contentType;
    this.hash = hash;
    this.#bytes = bytes;
    this.#lastModified = lastModified;
  }

  static async of(bytes: Uint8Array, contentType: string, nowMs: number): Promise<ServedDocument> {
    return new ServedDocument(bytes, contentType, await documentHash(bytes), httpDate(nowMs));
  }

  /** 200, or 304 when the client has it; compressed only for clients that ask. */
  async respond(request: HttpRequest, cacheControl = "no-cache, private"): Promise<HttpResponse> {
    const tag = `"${this.hash}"`;
    const headers = {
      etag: tag,
      "last-modified": this.#lastModified,
      vary: "Accept-Encoding, Accept",
      "cache-control": cacheControl,
    };
    if (matchesTag(request.headers["if-none-match"], tag)) return { status: 304, headers };
    const typed = { ...headers, "content-type": this.contentType };
    if (!acceptsGzip(request)) return { status: 200, headers: typed, body: this.#bytes };
    this.#compressed ??= gzip(this.#bytes);
    return { status: 200, headers: { ...typed, "content-encoding": "gzip" }, body: await this.#compressed };
  }
}

/** The stream compresses outside of the event loop. */
async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function acceptsGzip(request: HttpRequest): boolean {
  const accepted = (request.headers["accept-encoding"] ?? "").split(",").map(one => one.replaceAll(" ", ""));
  return accepted.some(one => /^gzip(;|$)/.test(one) && !/;q=0(\.0*)?$/.test(one));
}

function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}
