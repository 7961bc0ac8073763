import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "#cluster/error.ts";
import { helloImage, helloImageArchive } from "#cluster/hello-image.ts";
import type { Programs } from "#cluster/programs.ts";
import { createProgress, type Progress } from "#cluster/progress.ts";
import type { StartOptions } from "#cluster/start.ts";

export type OutputForm = "text" | "json" | "quiet";

export function progressFor(form: OutputForm): Progress {
  return createProgress(form === "text" ? line => process.stdout.write(`${line}\n`) : undefined);
}

/** The programs beside this one: a real cluster runs the bundle. */
export function programs(): Programs {
  const folder = dirname(fileURLToPath(import.meta.url));
  if (!import.meta.url.endsWith(".js")) throw new UserError("clusters run from the bundle: start them with ./k8ts");
  return { node: process.execPath, folder, compileCache: process.env["NODE_COMPILE_CACHE"] };
}

export function startOptions(progress: Progress): StartOptions {
  return { programs: programs(), progress, seedImages };
}

/** Puts the image that every new cluster has into its store, unless it is there. */
async function seedImages(imageFolder: string): Promise<void> {
  const { withImageStore } = await import("./image-store.ts");
  const { importImage } = await import("#cri/linux/images/import-archive.ts");
  await withImageStore(imageFolder, async store => {
    if ((await store.find(helloImage)) !== undefined) return;
    const archive = join(imageFolder, `.hello-${process.pid}.tar`);
    try {
      await writeFile(archive, await helloImageArchive(), { mode: 0o600 });
      await importImage(store, archive);
    } finally {
      await rm(archive, { force: true });
    }
  });
}
