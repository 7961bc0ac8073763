import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { type Duplex, PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract, type Header } from "tar-stream";

export interface TarReader {
  /** Called for each entry in order; must read `content` to its end. */
  entry(header: Header, content: Readable): Promise<void>;
  /** Called with the uncompressed bytes as they pass. */
  bytes?(chunk: Uint8Array): void;
}

/** Reads a tar file, plain or compressed with gzip or zstd. */
export async function readTar(path: string, reader: TarReader): Promise<void> {
  const tar = extract();
  const decompressed = decompressor(path);
  if (reader.bytes !== undefined) decompressed.on("data", chunk => reader.bytes!(chunk));
  const fed = pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), decompressed, tar as unknown as Writable);
  const read = (async () => {
    for await (const entry of tar) {
      await reader.entry(entry.header, entry as unknown as Readable);
      entry.resume();
    }
  })();
  await Promise.all([fed, read]);
}

/** The stream that undoes the file's compression, told by its first bytes. */
function decompressor(path: string): Duplex {
  const file = openSync(path, "r");
  try {
    const magic = Buffer.alloc(4);
    readSync(file, magic, 0, 4, 0);
    if (magic[0] === 0x1f && magic[1] === 0x8b) return createGunzip({ chunkSize: 1 << 20 });
    if (magic.readUInt32LE() === 0xfd2fb528) return createZstdDecompress({ chunkSize: 1 << 20 });
    return new PassThrough({ highWaterMark: 1 << 20 });
  } finally {
    closeSync(file);
  }
}
