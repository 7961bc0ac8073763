import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startHelper } from "#base/host/helper.ts";
import { silentLog } from "#base/log.ts";
import { ImageStore } from "#cri/linux/images/image-store.ts";
import { pullImage } from "#cri/linux/images/pull-image.ts";
import { tarOf } from "#cri/linux/images/test-images.ts";
import { pushImage, startDockerRegistry } from "./docker-registry.ts";

test("Debian's docker-registry: an image by tag and by digest, an unknown tag, an unknown repository", async () => {
  await using registry = await startDockerRegistry();
  const folder = await mkdtemp(join(tmpdir(), "registry-pull-"));
  const helper = await startHelper({ folder: join(folder, "helper"), log: silentLog });
  try {
    const owner = { uid: process.getuid!(), gid: process.getgid!() };
    const layers = [
      await tarOf([{ name: "first", content: "1", ...owner }]),
      await tarOf([{ name: "second", content: "2", ...owner }]),
    ];
    const digest = await pushImage(registry.name, "team/app", "v1", layers, { Cmd: ["/run"] });
    const store = await ImageStore.open(helper, join(folder, "images"));
    const pull = (rest: string) => pullImage({ store, log: silentLog }, `${registry.name}/${rest}`, undefined, {});

    const id = await pull("team/app:v1");
    const image = (await store.find(id))!;
    expect(image.repoTags).toEqual([`${registry.name}/team/app:v1`]);
    expect(image.repoDigests).toEqual([`${registry.name}/team/app@${digest}`]);
    expect(image.config.config?.Cmd).toEqual(["/run"]);
    expect(await store.file(image, "second")).toBe("2");

    expect(await pull(`team/app@${digest}`)).toBe(id);
    await expect(pull("team/app:v2")).rejects.toMatchObject({
      code: "NotFound",
      message: `${registry.name}/team/app:v2: not found`,
    });
    await expect(pull("nobody/nothing:v1")).rejects.toMatchObject({ code: "NotFound" });
  } finally {
    await helper[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
});
