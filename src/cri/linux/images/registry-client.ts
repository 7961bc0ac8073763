import type * as cri from "../../protocol/messages.ts";
import { CriError } from "../../services.ts";
import { formatReference, type ImageReference } from "./reference.ts";

/** One repository of a registry over the Distribution API v2: manifests and blobs, with the credentials it asks for. */
export class RegistryClient {
  readonly #reference: ImageReference;
  readonly #auth: cri.AuthConfig | undefined;
  readonly #signal: AbortSignal | undefined;
  #authorization: string | undefined;

  constructor(reference: ImageReference, auth: cri.AuthConfig | undefined, signal: AbortSignal | undefined) {
    this.#reference = reference;
    this.#auth = auth;
    this.#signal = signal;
    if (auth?.registryToken) this.#authorization = `Bearer ${auth.registryToken}`;
  }

  manifest(tagOrDigest: string, types: readonly string[]): Promise<Response> {
    return this.#get(`manifests/${tagOrDigest}`, { accept: types.join(", ") });
  }

  blob(digest: string): Promise<Response> {
    return this.#get(`blobs/${digest}`, {});
  }

  async #get(path: string, headers: Record<string, string>): Promise<Response> {
    const url = `${baseUrl(this.#reference.registry)}/v2/${this.#reference.repository}/${path}`;
    let response = await this.#fetch(url, this.#withAuthorization(headers));
    if (response.status === 401) {
      this.#authorization = await this.#authorize(response.headers.get("www-authenticate") ?? "");
      await response.body?.cancel();
      response = await this.#fetch(url, this.#withAuthorization(headers));
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw refusal(response.status, formatReference(this.#reference));
  }

  #withAuthorization(headers: Record<string, string>): Record<string, string> {
    return this.#authorization === undefined ? headers : { ...headers, authorization: this.#authorization };
  }

  async #fetch(url: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(url, { headers, ...(this.#signal === undefined ? {} : { signal: this.#signal }) });
    } catch (error) {
      if (this.#signal?.aborted) throw new CriError("Cancelled", "the pull was cancelled");
      throw new CriError("Unavailable", `cannot reach the registry ${this.#reference.registry}: ${reasonOf(error)}`);
    }
  }

  /** Answers a challenge: basic credentials, or a token from the server that the challenge names. */
  async #authorize(challenge: string): Promise<string> {
    const basic = basicCredentials(this.#auth);
    if (/^basic/i.test(challenge) && basic !== undefined) return basic;
    const parameters = parseChallenge(challenge);
    const realm = parameters.get("realm");
    if (!/^bearer/i.test(challenge) || realm === undefined) throw refusal(401, this.#reference.registry);
    const url = new URL(realm);
    for (const name of ["service", "scope"]) {
      const value = parameters.get(name);
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const response = await this.#fetch(url.href, basic === undefined ? {} : { authorization: basic });
    if (!response.ok) throw refusal(response.status, this.#reference.registry);
    const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token}`;
  }
}

/** fetch hides the reason in its cause, and that in one error for each address that was tried. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const inner = cause instanceof AggregateError ? cause.errors.at(-1) : cause;
  return ((inner ?? error) as Error).message;
}

function refusal(status: number, what: string): CriError {
  if (status === 404) return new CriError("NotFound", `${what}: not found`);
  if (status === 401 || status === 403)
    return new CriError("Unknown", `${what}: unauthorized: the registry refuses access (${status})`);
  if (status === 429) return new CriError("ResourceExhausted", `${what}: the registry asks to wait`);
  return new CriError("Unknown", `${what}: the registry answered ${status}`);
}

function basicCredentials(auth: cri.AuthConfig | undefined): string | undefined {
  if (auth?.auth) return `Basic ${auth.auth}`;
  if (!auth?.username) return undefined;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password ?? ""}`).toString("base64")}`;
}

export function parseChallenge(challenge: string): Map<string, string> {
  return new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(match => [match[1]!.toLowerCase(), match[2]!]));
}

/** Registries on this machine speak plain HTTP; docker.io's registry lives at another name. */
export function baseUrl(registry: string): string {
  const host = registry.replace(/:\d+$/, "");
  const local = host === "localhost" || host === "[::1]" || /^127\./.test(host);
  return `${local ? "http" : "https"}://${registry === "docker.io" ? "registry-1.docker.io" : registry}`;
}
