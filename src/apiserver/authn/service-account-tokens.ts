import { Buffer } from "node:buffer";
import type { Clock } from "#base/clock.ts";
import { type Random, randomUuid } from "#base/random.ts";
import { createEs256, type Es256 } from "./host/es256.ts";

/** What a service account token says (upstream's private claims included). */
export interface TokenClaims {
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly node?: NameAndUid;
    readonly pod?: NameAndUid;
    readonly secret?: NameAndUid;
    readonly serviceaccount: NameAndUid;
    /** Set when the token lives longer than was asked for: from then on its use deserves a warning. */
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

export interface NameAndUid {
  readonly name: string;
  readonly uid: string;
}

export interface TokenGrant {
  readonly namespace: string;
  readonly serviceAccount: NameAndUid;
  readonly audiences: readonly string[];
  readonly lifetimeSeconds: number;
  readonly warnAfterSeconds?: number;
  readonly pod?: NameAndUid;
  readonly node?: NameAndUid;
  readonly secret?: NameAndUid;
}

export interface ServiceAccountTokensDeps {
  readonly clock: Clock;
  readonly random: Random;
}

export interface ServiceAccountTokensOptions {
  readonly keys: { readonly privateKey: string; readonly publicKey: string };
  readonly issuer: string;
  readonly apiAudiences: readonly string[];
}

/** Tokens whose signature was found good are remembered, so that a request costs a look-up instead of a verification. */
const rememberedTokens = 4096;

/** Clocks of issuer and verifier may differ by this much. */
const leewaySeconds = 60;

/** Signs service account tokens (ES256) and reads them back; whether their objects still exist is asked elsewhere. */
export class ServiceAccountTokens {
  readonly issuer: string;
  readonly apiAudiences: readonly string[];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #key: Es256;
  readonly #header: string;
  /** Insertion order is the order of last use. */
  readonly #verified = new Map<string, TokenClaims>();

  constructor(deps: ServiceAccountTokensDeps, options: ServiceAccountTokensOptions) {
    this.issuer = options.issuer;
    this.apiAudiences = options.apiAudiences;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#key = createEs256(options.keys);
    this.#header = encode({ alg: "ES256", kid: this.#key.keyId });
  }

  sign(grant: TokenGrant): { readonly token: string; readonly claims: TokenClaims } {
    const claims = claimsOf(grant, this.issuer, Math.floor(this.#clock.now() / 1000), randomUuid(this.#random));
    const signed = `${this.#header}.${encode(claims)}`;
    return { token: `${signed}.${Buffer.from(this.#key.sign(signed)).toString("base64url")}`, claims };
  }

  /** The claims, when signature, issuer and time are right and the token is meant for one of `audiences`. */
  verify(token: string, audiences: readonly string[] = this.apiAudiences): TokenClaims | undefined {
    const claims = this.#verified.get(token) ?? this.#verifySignature(token);
    if (claims === undefined) return undefined;
    this.#remember(token, claims);
    const now = this.#clock.now() / 1000;
    if (now > claims.exp + leewaySeconds || now < claims.nbf - leewaySeconds) return undefined;
    return claims.aud.some(audience => audiences.includes(audience)) ? claims : undefined;
  }

  /** The body of `/openid/v1/jwks`. */
  jwks(): { readonly keys: readonly Readonly<Record<string, string>>[] } {
    const { keyId, x, y } = this.#key;
    return { keys: [{ use: "sig", kty: "EC", kid: keyId, crv: "P-256", alg: "ES256", x, y }] };
  }

  /** The body of `/.well-known/openid-configuration`. */
  discoveryDocument(jwksUri: string): Readonly<Record<string, unknown>> {
    return {
      issuer: this.issuer,
      jwks_uri: jwksUri,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    };
  }

  #verifySignature(token: string): TokenClaims | undefined {
    const [header, body, signature, rest] = token.split(".");
    if (!header || !body || !signature || rest !== undefined) return undefined;
    const { alg, kid } = (decode(header) ?? {}) as { alg?: unknown; kid?: unknown };
    if (alg !== "ES256" || (kid !== undefined && kid !== this.#key.keyId)) return undefined;
    if (!this.#key.verify(`${header}.${body}`, Buffer.from(signature, "base64url"))) return undefined;
    const claims = decode(body);
    return isTokenClaims(claims) && claims.iss === this.issuer ? claims : undefined;
  }

  #remember(token: string, claims: TokenClaims): void {
    this.#verified.delete(token);
    this.#verified.set(token, claims);
    if (this.#verified.size <= rememberedTokens) return;
    for (const oldest of this.#verified.keys()) {
      this.#verified.delete(oldest);
      return;
    }
  }
}

function claimsOf(grant: TokenGrant, issuer: string, now: number, id: string): TokenClaims {
  const { namespace, node, pod, secret, serviceAccount, warnAfterSeconds } = grant;
  return {
    aud: grant.audiences,
    exp: now + grant.lifetimeSeconds,
    iat: now,
    iss: issuer,
    jti: id,
    "kubernetes.io": {
      namespace,
      ...(node && { node }),
      ...(pod && { pod }),
      ...(secret && { secret }),
      serviceaccount: serviceAccount,
      ...(warnAfterSeconds !== undefined && { warnafter: now + warnAfterSeconds }),
    },
    nbf: now,
    sub: serviceAccountUserName(namespace, serviceAccount.name),
  };
}

export function serviceAccountUserName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Namespace and name out of `system:serviceaccount:<namespace>:<name>`. */
export function parseServiceAccountUserName(user: string): { namespace: string; name: string } | undefined {
  const parts = user.split(":");
  if (parts.length !== 4 || parts[0] !== "system" || parts[1] !== "serviceaccount") return undefined;
  const [, , namespace, name] = parts;
  return namespace && name ? { namespace, name } : undefined;
}

export function serviceAccountGroups(namespace: string): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined; // Not JSON: not a token of ours.
  }
}

/** Signed by us, yet perhaps by another version of us: the form is checked before it is relied on. */
function isTokenClaims(value: unknown): value is TokenClaims {
  const claims = value as Partial<TokenClaims> | null | undefined;
  return (
    typeof claims?.iss === "string" &&
    typeof claims.exp === "number" &&
    typeof claims.nbf === "number" &&
    Array.isArray(claims.aud) &&
    typeof claims["kubernetes.io"]?.serviceaccount?.name === "string"
  );
}
