import { access } from "node:fs/promises";
import type { Command } from "commander";
import { UserError } from "#cluster/error.ts";
import { clusterPaths } from "#cluster/paths.ts";
import { requireRecord } from "#cluster/record.ts";
import { examples, nameOption } from "./cluster-option.ts";

const storeAccess = () => import("#cri/linux/images/store-access.ts");

export function addImage(program: Command): void {
  const image = program.command("image").description("the images that a cluster's nodes have");
  image
    .command("load <file...>")
    .description("load images from docker or OCI archives, or OCI layout folders")
    .addOption(nameOption())
    .addHelpText("after", examples("docker save web:1 -o web.tar && k8ts image load web.tar"))
    .action((files: readonly string[], options: { name: string }) => load(files, options.name));
  image
    .command("ls")
    .description("list the images")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts image ls"))
    .action(async (options: { name: string }) => {
      for (const line of await (await storeAccess()).describeImages(await folderOf(options.name)))
        process.stdout.write(`${line}\n`);
    });
  image
    .command("rm <reference...>")
    .description("remove images by reference")
    .addOption(nameOption())
    .addHelpText("after", examples("k8ts image rm web:1"))
    .action((references: readonly string[], options: { name: string }) => remove(references, options.name));
}

async function load(files: readonly string[], name: string): Promise<void> {
  const folder = await folderOf(name);
  const { importImageArchive } = await storeAccess();
  for (const file of files) {
    await access(file).catch(() => {
      throw new UserError(`there is no file ${file}`);
    });
    const references = await importImageArchive(folder, file).catch((error: Error) => {
      throw new UserError(`${file} could not be loaded: ${error.message}`);
    });
    for (const reference of references) process.stdout.write(`loaded ${reference}\n`);
  }
}

async function remove(references: readonly string[], name: string): Promise<void> {
  const folder = await folderOf(name);
  const { removeImage } = await storeAccess();
  for (const reference of references) {
    if (!(await removeImage(folder, reference)))
      throw new UserError(`there is no image ${reference}: k8ts image ls shows what there is`);
    process.stdout.write(`removed ${reference}\n`);
  }
}

async function folderOf(name: string): Promise<string> {
  await requireRecord(name);
  return clusterPaths(name).images;
}
