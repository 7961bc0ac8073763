import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Text of a small file as the image's layers (topmost first) show it; empty when there is none. */
export async function imageFile(layers: readonly string[], name: string): Promise<string> {
  for (const layer of layers) {
    const stats = await lstat(join(layer, name)).catch(() => undefined);
    if (stats === undefined) continue;
    // A whiteout hides the file of the layers below; a link could lead out of the image.
    return stats.isFile() && stats.size < 4 << 20 ? readFile(join(layer, name), "utf8") : "";
  }
  return "";
}
