import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { startHelper } from "#base/host/helper.ts";
import { silentLog } from "#base/log.ts";
import { runRoot } from "#cluster/paths.ts";
import { ImageStore } from "#cri/linux/images/image-store.ts";

/** Opens a cluster's image store for the time of `use`; nodes may use it meanwhile. */
export async function withImageStore<T>(folder: string, use: (store: ImageStore) => Promise<T>): Promise<T> {
  const temporary = await mkdtemp(join(runRoot, ".image-"));
  const helper = await startHelper({ folder: temporary, log: silentLog });
  try {
    return await use(await ImageStore.open(helper, folder));
  } finally {
    await helper[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  }
}
