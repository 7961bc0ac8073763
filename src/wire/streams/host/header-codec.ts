import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import type { HeaderCodec } from "../spdy/connection.ts";
import { headerDictionary } from "../spdy/dictionary.ts";

/** A {@link HeaderCodec} over zlib with SPDY's dictionary. */
export function createHeaderCodec(): HeaderCodec {
  const dictionary = headerDictionary();
  const deflate = createDeflate({ dictionary });
  const inflate = createInflate({ dictionary, finishFlush: constants.Z_SYNC_FLUSH });
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
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    stream.once("error", failed);
    stream.write(block);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("error", failed);
      const chunks: Uint8Array[] = [];
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) chunks.push(chunk as Uint8Array);
      resolve(Buffer.concat(chunks));
    });
  });
}
