import { access } from "node:fs/promises";
import type { Command } from "commander";
import { silentLog } from "#base/log.ts";
import { dockerCredentials } from "#cluster/docker-credentials.ts";
import { UserError } from "#cluster/error.ts";
import { shareCluster } from "#cluster/lock.ts";
import { clusterPaths } from "#cluster/paths.ts";
import { requireRecord } from "#cluster/record.ts";
import type { Image } from "#cri/linux/images/image-store.ts";
import { parseReference } from "#cri/linux/images/reference.ts";
import { examples, nameOption } from "./cluster-option.ts";

interface NameOption {
  readonly name: string;
}

export function addImage(program: Command): void {
  const image = program
    .command("image")
    .description("the images that a cluster's nodes have")
    .addHelpText("after", examples("k8ts image load web.tar", "k8ts image pull localhost:5000/web:1", "k8ts image ls"));
  image
    .command("load <file...>")
    .description("load images from docker or OCI archives, or OCI layout folders")
    .addOption(nameOption())
    .addHelpText("after", examples("docker save web:1 -o web.tar && k8ts image load web.tar"))
    .action((files: readonly string[], options: NameOption) => load(files, options.name));
  image
    .command("pull <reference...>")
    .description("fetch images from their registries, with the credentials of docker login")
    .addOption(nameOption())
    .addHelpText(
      "after",
      examples("k8ts image pull registry.k8s.io/pause:3.10", "k8ts image pull localhost:5000/web:1"),
    )
    .action((references: readonly string[], options: NameOption) => pull(references, options.name));
  image
    .command("ls")
    .description("list the images")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts image ls"))
    .action((options: NameOption) => list(options.name));
  image
    .command("rm <reference...>")
    .description("remove images by reference")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts image rm web:1"))
    .action((references: readonly string[], options: NameOption) => remove(references, options.name));
}

async function load(files: readonly string[], name: string): Promise<void> {
  await using _lock = await shareCluster(name);
  const folder = await folderOf(name);
  const { withImageStore } = await import("./image-store.ts");
  const { importImage } = await import("#cri/linux/images/import-archive.ts");
  await withImageStore(folder, async store => {
    for (const file of files) {
      await access(file).catch(() => {
        throw new UserError(`there is no file ${file}`);
      });
      const images = await importImage(store, file).catch((error: Error) => {
        throw new UserError(`${file} could not be loaded: ${error.message}`);
      });
      for (const image of images) process.stdout.write(`loaded ${image.names.join(", ") || image.id}\n`);
    }
  });
}

async function pull(references: readonly string[], name: string): Promise<void> {
  await using _lock = await shareCluster(name);
  const folder = await folderOf(name);
  const { withImageStore } = await import("./image-store.ts");
  const { pullImage } = await import("#cri/linux/images/pull-image.ts");
  await withImageStore(folder, async store => {
    for (const reference of references) {
      const auth = await dockerCredentials(parseReference(reference)?.registry ?? "");
      const id = await pullImage({ store, log: silentLog }, reference, auth, {}).catch((error: Error) => {
        throw new UserError(`${reference} could not be pulled: ${error.message}`);
      });
      process.stdout.write(`pulled ${reference} (${id.slice(7, 19)})\n`);
    }
  });
}

async function list(name: string): Promise<void> {
  await using _lock = await shareCluster(name);
  const folder = await folderOf(name);
  const { withImageStore } = await import("./image-store.ts");
  const images = await withImageStore(folder, store => store.list());
  const namesOf = ({ repoTags, repoDigests }: Image) => (repoTags.length > 0 ? repoTags : repoDigests);
  const rows = images.flatMap(image =>
    namesOf(image).map(name => `${name}\t${image.id.slice(7, 19)}\t${(image.size / 1e6).toFixed(1)} MB`),
  );
  for (const row of rows.sort()) process.stdout.write(`${row}\n`);
}

async function remove(references: readonly string[], name: string): Promise<void> {
  await using _lock = await shareCluster(name);
  const folder = await folderOf(name);
  const { withImageStore } = await import("./image-store.ts");
  await withImageStore(folder, async store => {
    for (const reference of references) {
      if ((await store.find(reference)) === undefined)
        throw new UserError(`there is no image ${reference}: k8ts image ls shows what there is`);
      await store.remove(reference);
      process.stdout.write(`removed ${reference}\n`);
    }
  });
}

async function folderOf(name: string): Promise<string> {
  await requireRecord(name);
  return clusterPaths(name).images;
}
