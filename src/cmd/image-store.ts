import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { startHelper } from "#base/host/helper.ts";
import { silentLog } from "#base/log.ts";
import { ImageStore } from "#cri/linux/images/image-store.ts";

/**
 * Opens a cluster's image store for the time of `use`; nodes may use it meanwhile. What a command that was killed leaves lies
 * in the store itself, and goes with the cluster.
 */
export async function withImageStore<T>(folder: string, use: (store: ImageStore) => Promise<T>): Promise<T> {
  const halfMade = join(folder, "tmp");
  await mkdir(halfMade, { recursive: true, mode: 0o711 });
  const temporary = await mkdtemp(join(halfMade, "helper-"));
  const helper = await startHelper({ folder: temporary, log: silentLog });
  try {
    return await use(await ImageStore.open(helper, folder));
  } finally {
    await helper[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  }
}
