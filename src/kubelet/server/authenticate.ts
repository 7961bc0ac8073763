import { type TokenReview, tokenReviewType } from "#api/authentication.k8s.io/v1/token-review.ts";
import { type SubjectAccessReview, subjectAccessReviewType } from "#api/authorization.k8s.io/v1/access-review.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpRequest } from "#base/http.ts";
import type { Client } from "#client/client.ts";
import type { KubeletUser } from "../deps.ts";
import { ExpiringCache } from "./expiring-cache.ts";

export interface AccessDeps {
  readonly client: Client;
  readonly clock: Clock;
}

export interface AccessOptions {
  readonly nodeName: string;
}

const tokenMs = 120_000;
const allowedMs = 300_000;
const deniedMs = 30_000;

/** Who asks, and whether they may: client certificates here, tokens and rights by asking the API server. */
export class NodeAccess {
  readonly #deps: AccessDeps;
  readonly #nodeName: string;
  readonly #tokens: ExpiringCache<KubeletUser | undefined>;
  readonly #rights: ExpiringCache<boolean>;

  constructor(deps: AccessDeps, options: AccessOptions) {
    this.#deps = deps;
    this.#nodeName = options.nodeName;
    this.#tokens = new ExpiringCache(deps.clock, 1000);
    this.#rights = new ExpiringCache(deps.clock, 1000);
  }

  /** Undefined: nobody in particular, who is not let in. */
  async user(request: HttpRequest): Promise<KubeletUser | undefined> {
    const { identity, peer } = request.connection;
    if (identity !== undefined) return identity;
    if (peer !== undefined && peer.notAfterMs > this.#deps.clock.now()) {
      return { name: peer.commonName, groups: [...peer.organizations, "system:authenticated"] };
    }
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
    return token === undefined ? undefined : this.#tokens.get(token, () => this.#review(token));
  }

  /** `nodes/log`, `nodes/metrics`, ... of this node by path, else `nodes/proxy`. */
  async mayUse(user: KubeletUser, verb: string, path: string): Promise<boolean> {
    for (const subresource of subresourcesOf(path)) {
      const key = JSON.stringify([user.name, user.groups, verb, subresource]);
      if (await this.#rights.get(key, () => this.#ask(user, verb, subresource))) return true;
    }
    return false;
  }

  async #review(token: string): Promise<{ value: KubeletUser | undefined; keepMs: number }> {
    const answer = await this.#deps.client.review<TokenReview>(tokenReviewType, "tokenreviews", {
      metadata: {},
      spec: { token },
    });
    const { authenticated, user } = answer.status ?? {};
    if (!authenticated || user?.username === undefined) return { value: undefined, keepMs: deniedMs };
    return { value: { name: user.username, groups: user.groups ?? [] }, keepMs: tokenMs };
  }

  async #ask(user: KubeletUser, verb: string, subresource: string): Promise<{ value: boolean; keepMs: number }> {
    const answer = await this.#deps.client.review<SubjectAccessReview>(
      subjectAccessReviewType,
      "subjectaccessreviews",
      {
        metadata: {},
        spec: {
          user: user.name,
          groups: user.groups,
          resourceAttributes: { verb, version: "v1", resource: "nodes", subresource, name: this.#nodeName },
        },
      },
    );
    const value = answer.status?.allowed ?? false;
    return { value, keepMs: value ? allowedMs : deniedMs };
  }
}

/** `get` for GET, as rights on the kubelet's API are worded. */
export function verbOf(method: string): string {
  const verbs: Readonly<Record<string, string>> = {
    POST: "create",
    GET: "get",
    HEAD: "get",
    PUT: "update",
    PATCH: "patch",
    DELETE: "delete",
  };
  return verbs[method] ?? "";
}

/** The finer right first; `nodes/proxy` opens everything. */
function subresourcesOf(path: string): readonly string[] {
  const [, first = ""] = path.split("/");
  if (first === "stats") return ["stats"];
  if (first === "metrics") return ["metrics"];
  if (first === "logs") return ["log"];
  if (first === "pods" || first === "runningpods") return ["pods", "proxy"];
  if (first === "healthz") return ["healthz", "proxy"];
  if (first === "configz") return ["configz", "proxy"];
  return ["proxy"];
}
