import { copyFileSync, fstatSync, ftruncateSync, readlinkSync, writeSync } from "node:fs";

/**
 * Writes lines to an open file (in append mode, this process its only writer) and keeps it below a limit: a full one is
 * copied to `FILE.1`, in place of the one before, and begun anew. No line is lost on the way, because the descriptor stays
 * and writes wait. Undefined where `descriptor` is no file: a terminal, a pipe.
 */
export function boundedFile(descriptor: number, limitBytes: number): ((line: string) => void) | undefined {
  const status = fstatSync(descriptor);
  if (!status.isFile()) return undefined;
  let size = status.size;
  return line => {
    const bytes = Buffer.from(`${line}\n`);
    try {
      if (size + bytes.length > limitBytes) size = startAnew(descriptor);
      writeSync(descriptor, bytes);
      size += bytes.length;
    } catch {
      // A full disk costs lines of the log, not the process that writes them.
    }
  };
}

function startAnew(descriptor: number): number {
  const path = readlinkSync(`/proc/self/fd/${descriptor}`);
  copyFileSync(path, `${path}.1`);
  ftruncateSync(descriptor);
  return 0;
}
