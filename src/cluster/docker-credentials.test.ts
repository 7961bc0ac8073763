import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dockerCredentials } from "./docker-credentials.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "docker-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("credentials of docker login are found by the registry's name; docker.io's stand under its old address", async () => {
  expect(await dockerCredentials("localhost:5000", folder)).toBeUndefined();
  const auths = { "localhost:5000": { auth: "dTpw" }, "https://index.docker.io/v1/": { auth: "aHViOnB3" }, empty: {} };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  expect(await dockerCredentials("localhost:5000", folder)).toEqual({ auth: "dTpw" });
  expect(await dockerCredentials("docker.io", folder)).toEqual({ auth: "aHViOnB3" });
  expect(await dockerCredentials("empty", folder)).toBeUndefined();
});

test("a broken file is named", async () => {
  await writeFile(join(folder, "config.json"), "{");
  await expect(dockerCredentials("docker.io", folder)).rejects.toThrow(/config\.json is no JSON/);
});
