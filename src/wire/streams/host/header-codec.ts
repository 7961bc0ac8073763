import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import type { HeaderCodec } from "../spdy/connection.ts";
import { headerDictionary } from "../spdy/dictionary.ts";
import { SpdyError } from "../spdy/frames.ts";

/** A few bytes can unfold into gigabytes; no client of Kubernetes sends more than some hundred bytes of headers. */
const blockLimitBytes = 64 * 1024;

/** A {@link HeaderCodec} over zlib with SPDY's dictionary. */
export function createHeaderCodec(): HeaderCodec {
  const dictionary = headerDictionary();
  const deflate = createDeflate({ dictionary });
  const inflate = createInflate({ dictionary, finishFlush: constants.Z_SYNC_FLUSH });
  // Whoever waits for a block is told; an error between two blocks has nobody, and must not end the process.
  for (const stream of [deflate, inflate]) stream.on("error", () => undefined);
  return {
    encode: block => through(deflate, block),
    decode: block => through(inflate, block),
    close() {
      deflate.destroy();
      inflate.destroy();
    },
  };
}

/** Everything that comes out of `stream` for this block. Blocks follow one another: the callers wait. */
function through(stream: Deflate | Inflate, block: Uint8Array): Promise<Uint8Array> {
  if (stream.destroyed) return Promise.reject(new SpdyError("the connection has ended"));
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const collect = (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= blockLimitBytes) return void chunks.push(chunk);
    reject(new SpdyError("a header block is too long"));
    stream.destroy();
  };
  const ended = () => reject(new SpdyError("the connection has ended"));
  stream.on("data", collect);
  stream.once("error", reject);
  stream.once("close", ended);
  stream.write(block);
  stream.flush(constants.Z_SYNC_FLUSH, () => resolve(Buffer.concat(chunks)));
  return promise.finally(() => {
    stream.off("data", collect);
    stream.off("error", reject);
    stream.off("close", ended);
  });
}
