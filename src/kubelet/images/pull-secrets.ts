import type { Pod } from "#api/core/v1/pod.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { decodeBase64 } from "../containers/base64.ts";
import type { ReferencedObjects } from "../volumes/referenced-objects.ts";

interface DockerAuth {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

const defaultRegistry = "docker.io";

/** What the pod's imagePullSecrets offer for an image's registry, most specific first. */
export async function credentialsFor(
  pod: Pod,
  image: string,
  objects: ReferencedObjects,
): Promise<readonly cri.AuthConfig[]> {
  const namespace = pod.metadata.namespace ?? "";
  const found: { readonly server: string; readonly auth: cri.AuthConfig }[] = [];
  for (const { name } of pod.spec.imagePullSecrets ?? []) {
    const secret = name ? await objects.secret(namespace, name) : undefined;
    for (const [server, entry] of Object.entries(authsOf(secret?.data ?? {}))) {
      if (matches(image, server)) found.push({ server, auth: authOf(server, entry) });
    }
  }
  return found.sort((a, b) => b.server.length - a.server.length).map(({ auth }) => auth);
}

function authsOf(data: Readonly<Record<string, string>>): Readonly<Record<string, DockerAuth>> {
  const config = data[".dockerconfigjson"];
  if (config !== undefined) return (parse(config) as { auths?: Record<string, DockerAuth> } | undefined)?.auths ?? {};
  const legacy = data[".dockercfg"];
  return legacy === undefined ? {} : ((parse(legacy) as Record<string, DockerAuth> | undefined) ?? {});
}

/** Undefined when it is no JSON: then the pull goes on without it, as upstream's does. */
function parse(base64: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64(base64)));
  } catch {
    return undefined;
  }
}

function authOf(serverAddress: string, entry: DockerAuth): cri.AuthConfig {
  if (entry.auth === undefined) return { serverAddress, username: entry.username, password: entry.password };
  const text = new TextDecoder().decode(decodeBase64(entry.auth));
  const colon = text.indexOf(":");
  return { serverAddress, username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function matches(image: string, server: string): boolean {
  const wanted = server.replace(/^https?:\/\//, "").replace(/\/(v1|v2)?\/?$/, "");
  const [first = ""] = image.split("/");
  const hasHost = image.includes("/") && (first.includes(".") || first.includes(":") || first === "localhost");
  const full = hasHost ? image : `${defaultRegistry}/${image}`;
  const aliases =
    wanted === "index.docker.io" || wanted === "registry-1.docker.io" ? [wanted, defaultRegistry] : [wanted];
  return aliases.some(alias => full === alias || full.startsWith(`${alias}/`));
}
