import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "./error.ts";

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
}

/** What `docker login` noted for a registry: user and password in base64. Undefined: nothing, so ask as anybody. */
export async function dockerCredentials(
  registry: string,
  folder = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"),
): Promise<{ readonly auth: string } | undefined> {
  const file = join(folder, "config.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const auth = authsOf(text, file)[registry === "docker.io" ? "https://index.docker.io/v1/" : registry]?.auth;
  return auth ? { auth } : undefined;
}

function authsOf(text: string, file: string): NonNullable<DockerConfig["auths"]> {
  try {
    return (JSON.parse(text) as DockerConfig).auths ?? {};
  } catch (error) {
    throw new UserError(`${file} is no JSON (${(error as Error).message}): mend it, or set DOCKER_CONFIG`);
  }
}
