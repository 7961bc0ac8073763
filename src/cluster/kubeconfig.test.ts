import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mergeKubeconfig } from "#client/kubeconfig.ts";
import { contextName, removeClusterKubeconfig } from "./kubeconfig.ts";

const clusters = ["one", "two", "three", "four"];
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "k8ts-kubeconfig-"));
  path = join(folder, "config");
  vi.stubEnv("KUBECONFIG", path);
  const entry = {
    server: "https://198.18.0.2:6443",
    certificateAuthority: "a",
    clientCertificate: "b",
    clientKey: "c",
  };
  await writeFile(
    path,
    clusters.reduce((text, name) => mergeKubeconfig(text, { name: contextName(name), ...entry }), ""),
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("commands that change the user's kubeconfig at the same time do not undo one another", async () => {
  await Promise.all(["one", "two", "three"].map(removeClusterKubeconfig));
  const text = await readFile(path, "utf8");
  expect(clusters.filter(name => text.includes(contextName(name)))).toEqual(["four"]);
});

test("a file that was only ours goes with its last entry, and nothing lies beside it", async () => {
  await writeFile(`${path}.k8ts-new`, "half", { mode: 0o600 }); // As a command that was killed leaves it.
  await removeClusterKubeconfig("one");
  expect(await readdir(folder)).toEqual(["config"]);
  await Promise.all(clusters.map(removeClusterKubeconfig));
  expect(await readdir(folder)).toEqual([]);
  await removeClusterKubeconfig("one");
  expect(await readdir(folder)).toEqual([]);
});
