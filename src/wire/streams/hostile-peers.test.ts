import { EventEmitter } from "node:events";
import { createDeflate } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WebSocketConnection } from "#base/websocket.ts";
import { createHeaderCodec } from "./host/header-codec.ts";
import { pairStreams } from "./port-forward.ts";
import { SpdyConnection, unreadLimitBytes } from "./spdy/connection.ts";
import { headerDictionary } from "./spdy/dictionary.ts";
import { encodeFrame, encodeHeaderBlock } from "./spdy/frames.ts";
import { websocketCommand } from "./websocket-command.ts";

/** The transport's far end is a test. */
class Transport extends EventEmitter {
  readonly written: Uint8Array[] = [];
  destroyed = false;

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes);
    return true;
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }

  pause(): void {}
  resume(): void {}
}

function open(): Transport {
  const transport = new Transport();
  const pair = pairStreams(
    () => connection,
    () => undefined,
  );
  const connection = new SpdyConnection({
    transport,
    codec: createHeaderCodec(),
    onStream: pair,
  });
  return transport;
}

const deflated = (bytes: Uint8Array) =>
  new Promise<Uint8Array>(resolve => {
    const deflate = createDeflate({ dictionary: headerDictionary() });
    const chunks: Uint8Array[] = [];
    deflate.on("data", chunk => chunks.push(chunk));
    deflate.write(bytes);
    deflate.flush(() => {
      deflate.destroy();
      resolve(Buffer.concat(chunks));
    });
  });

const synStream = (stream: number, headers: Uint8Array) =>
  encodeFrame({ type: "synStream", stream, fin: false, headers });

test("a header block that unfolds into megabytes ends the connection", async () => {
  const transport = open();
  transport.emit("data", synStream(1, await deflated(Buffer.alloc(8 << 20))));
  await expect.poll(() => transport.destroyed).toBe(true);
});

test("a header block that is no zlib, or ends early, ends the connection", async () => {
  for (const block of [Buffer.from("no zlib at all"), await deflated(Buffer.from([0, 0, 0, 9, 1]))]) {
    const transport = open();
    transport.emit("data", synStream(1, block));
    await expect.poll(() => transport.destroyed).toBe(true);
    // Bytes that arrive afterwards reach nobody.
    transport.emit("data", synStream(3, block));
  }
});

test("a stream that nobody reads takes only so much memory", async () => {
  const transport = open();
  const headers = encodeHeaderBlock({ streamtype: "data", port: "80" });
  transport.emit("data", synStream(1, await deflated(headers)));
  await expect.poll(() => transport.written.length).toBe(1);
  const piece = encodeFrame({ type: "data", stream: 1, fin: false, bytes: new Uint8Array(4 << 20) });
  for (let sent = 0; sent <= unreadLimitBytes && !transport.destroyed; sent += 4 << 20) {
    transport.emit("data", piece);
    await new Promise(resolve => setImmediate(resolve));
  }
  expect(transport.destroyed).toBe(true);
});

test("any bytes at all end in nothing worse than the connection's end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), async pieces => {
      const transport = open();
      for (const piece of pieces) transport.emit("data", piece);
      await new Promise(resolve => setImmediate(resolve));
      transport.destroy();
    }),
    { numRuns: 300 },
  );
});

test("frames with random content after a valid head end in nothing worse", async () => {
  const frame = fc.tuple(fc.constantFrom(1, 2, 3, 4, 6, 7, 8, 9), fc.nat(255), fc.uint8Array({ maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async frames => {
      const transport = open();
      for (const [kind, flags, body] of frames) {
        const head = Buffer.from([0x80, 3, 0, kind, flags, 0, 0, body.length]);
        transport.emit("data", Buffer.concat([head, body]));
      }
      await new Promise(resolve => setImmediate(resolve));
      transport.destroy();
    }),
    { numRuns: 300 },
  );
});

test("input for a command that has none takes only so much memory", () => {
  let receive: (bytes: Uint8Array) => void = () => undefined;
  const closed: number[] = [];
  const connection: Partial<WebSocketConnection> = {
    protocol: "v5.channel.k8s.io",
    send: () => true,
    onMessage: listener => {
      receive = listener;
    },
    onClose: () => undefined,
    close: code => closed.push(code ?? 0),
  };
  websocketCommand(connection as WebSocketConnection);
  const message = new Uint8Array(4 << 20);
  for (let sent = 0; sent <= unreadLimitBytes; sent += message.length) receive(message);
  expect(closed[0]).toBe(1009);
  for (const bytes of [[], [4], [4, 0x7b], [255], [255, 7], [9, 1, 2]]) receive(Uint8Array.from(bytes));
});
