import { Buffer } from "node:buffer";
import { unauthorized } from "#api/status.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpConnection, HttpRequest } from "#base/http.ts";
import type { User } from "../attributes.ts";
import type { Caches } from "../authz/caches.ts";
import {
  parseServiceAccountUserName,
  type ServiceAccountTokens,
  serviceAccountGroups,
} from "./service-account-tokens.ts";
import { boundObjectsExist, userOfToken } from "./token-validity.ts";

export interface AuthenticatorDeps {
  readonly clock: Clock;
  readonly caches: Caches;
  readonly tokens: ServiceAccountTokens;
}

export interface AuthenticatorOptions {
  /** Requests without credentials are `system:anonymous`; otherwise undefined. */
  readonly anonymous: boolean;
}

/**
 * Who makes this request: the direct transport's identity, else the client certificate, else the bearer token, else
 * nobody (`system:anonymous` or undefined). Credentials that are presented and no good throw a 401, they never fall
 * through to anonymous.
 */
export type Authenticator = (request: HttpRequest) => User | undefined;

const anonymousUser: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };
const authenticatedGroup = "system:authenticated";

export function createAuthenticator(deps: AuthenticatorDeps, options: AuthenticatorOptions): Authenticator {
  const { clock, caches, tokens } = deps;
  /** A connection lives for many requests; its subject never changes, only its expiry is asked each time. */
  const known = new WeakMap<object, User>();

  const remembered = (key: object, make: () => User): User => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make();
    known.set(key, made);
    return made;
  };

  const ofConnection = ({ identity, peer }: HttpConnection): User | undefined => {
    if (identity !== undefined) return remembered(identity, () => userOfIdentity(identity));
    if (peer === undefined || peer.commonName === "" || clock.now() > peer.notAfterMs) return undefined;
    return remembered(peer, () => ({
      name: peer.commonName,
      groups: withAuthenticated(peer.organizations),
      extra: { "authentication.kubernetes.io/credential-id": [`X509SHA256=${peer.fingerprint}`] },
    }));
  };

  const ofToken = (token: string): User | undefined => {
    const claims = tokens.verify(token);
    return claims && boundObjectsExist(caches, claims, clock.now()) ? userOfToken(claims) : undefined;
  };

  return request => {
    const { connection } = request;
    const connected = ofConnection(connection);
    if (connected !== undefined) return connected;
    const token = bearerToken(request);
    if (token !== undefined) return ofToken(token) ?? refuse();
    if (connection.peerRejected !== undefined || isOver(connection, clock.now())) refuse();
    return options.anonymous ? anonymousUser : undefined;
  };
}

function refuse(): never {
  throw unauthorized();
}

function isOver({ peer }: HttpConnection, nowMs: number): boolean {
  return peer !== undefined && nowMs > peer.notAfterMs;
}

function userOfIdentity(identity: { readonly name: string; readonly groups: readonly string[] }): User {
  const account = parseServiceAccountUserName(identity.name);
  const groups = account ? [...identity.groups, ...serviceAccountGroups(account.namespace)] : identity.groups;
  return { name: identity.name, groups: withAuthenticated([...new Set(groups)]) };
}

function withAuthenticated(groups: readonly string[]): readonly string[] {
  return groups.includes(authenticatedGroup) || groups.includes("system:unauthenticated")
    ? groups
    : [...groups, authenticatedGroup];
}

/** From `Authorization: Bearer`, or from a browser's WebSocket, which can only name protocols. */
function bearerToken(request: HttpRequest): string | undefined {
  const match = /^bearer +(\S+)/i.exec(request.headers["authorization"] ?? "");
  if (match !== null) return match[1];
  const protocols = request.headers["sec-websocket-protocol"];
  if (protocols === undefined) return undefined;
  const encoded = /(?:^|,\s*)base64url\.bearer\.authorization\.k8s\.io\.([\w-]+)/.exec(protocols)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64url").toString("utf8");
}
