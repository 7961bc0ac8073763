import type { ByteDuplex } from "#base/http.ts";

const lengthBytes = 2;
/** Queries of one connection that are answered at once. */
const maxOutstanding = 64;

/** Reads messages with two bytes of length before each, and writes the answers the same way. */
export function serveFrames(
  socket: ByteDuplex,
  handle: (message: Uint8Array) => Promise<Uint8Array | undefined>,
): void {
  let buffered: Uint8Array = new Uint8Array();
  let outstanding = 0;

  const answer = async (message: Uint8Array) => {
    outstanding++;
    if (outstanding >= maxOutstanding) socket.pause();
    const response = await handle(message).catch(() => undefined); // Whoever answers has said what is wrong.
    outstanding--;
    if (outstanding < maxOutstanding) socket.resume();
    if (response !== undefined && !socket.destroyed) socket.write(framed(response));
  };

  socket.on("data", bytes => {
    buffered = buffered.length === 0 ? bytes : joined(buffered, bytes);
    for (;;) {
      const length = buffered.length < lengthBytes ? -1 : (buffered[0]! << 8) | buffered[1]!;
      if (length < 0 || buffered.length < lengthBytes + length) return;
      void answer(buffered.slice(lengthBytes, lengthBytes + length));
      buffered = buffered.subarray(lengthBytes + length);
    }
  });
  socket.on("end", () => void socket.end());
  socket.on("error", () => void socket.destroy());
}

export function framed(message: Uint8Array): Uint8Array {
  return joined(Uint8Array.of(message.length >> 8, message.length & 0xff), message);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
