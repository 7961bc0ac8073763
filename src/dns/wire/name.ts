import { WireError } from "./message.ts";

const maxLabelBytes = 63;
const maxNameBytes = 255;
const pointerMark = 0xc0;
/** Stands for a dot that is no separator: no byte of a name reads as this letter. */
const innerDot = "\ue02e";

/** A name at `offset` (following compression pointers) and where reading goes on. A dot inside a label becomes {@link innerDot}. */
export function readName(bytes: Uint8Array, offset: number): { readonly name: string; readonly next: number } {
  const labels: string[] = [];
  let position = offset;
  let next = -1;
  let length = 0;
  let limit = offset;
  for (;;) {
    const size = byteAt(bytes, position);
    if ((size & pointerMark) === pointerMark) {
      const target = ((size & 0x3f) << 8) | byteAt(bytes, position + 1);
      if (next < 0) next = position + 2;
      // Only ever backwards, so that no ring of pointers can keep us.
      if (target >= limit) throw new WireError("a compression pointer does not point backwards");
      limit = target;
      position = target;
      continue;
    }
    if ((size & pointerMark) !== 0) throw new WireError("unknown kind of label");
    if (size === 0) break;
    length += size + 1;
    if (length > maxNameBytes) throw new WireError("name too long");
    if (position + 1 + size > bytes.length) throw new WireError("message ends inside a name");
    labels.push(labelText(bytes.subarray(position + 1, position + 1 + size)));
    position += size + 1;
  }
  return { name: labels.join("."), next: next < 0 ? position + 1 : next };
}

/** The labels of a name, as bytes. */
export function labelsOf(name: string): readonly Uint8Array[] {
  if (name === "") return [];
  const labels = name.split(".").map(label => {
    const text = label.replaceAll(innerDot, ".");
    return Uint8Array.from(text, letter => letter.charCodeAt(0) & 0xff);
  });
  if (labels.some(label => label.length === 0 || label.length > maxLabelBytes)) {
    throw new WireError(`${JSON.stringify(name)} is no name`);
  }
  return labels;
}

function labelText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).replaceAll(".", innerDot);
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new WireError("message ends inside a name");
  return byte;
}
