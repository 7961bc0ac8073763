import type { TokenRequest } from "#api/authentication.k8s.io/v1/token-request.ts";
import { nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { secrets } from "#api/core/v1/secret.ts";
import type { ServiceAccount } from "#api/core/v1/service-account.ts";
import { type FieldError, invalid as invalidField } from "#api/field-error.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { badRequest, conflict, invalid, notFound } from "#api/status.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import type { Caches } from "../authz/caches.ts";
import type { NameAndUid, ServiceAccountTokens, TokenGrant } from "./service-account-tokens.ts";

const defaultExpirationSeconds = 3600;
const minimumExpirationSeconds = 600;
const maximumExpirationSeconds = 2 ** 32;
/**
 * What the API server's own token volume asks for. Such a token lives a year, because clients that read it once would
 * fail otherwise; the kubelet still renews it hourly and `warnafter` tells who relies on the rest.
 */
const extendedExpirationSeconds = 3607;
const extensionSeconds = 365 * 24 * 3600;

export interface TokenRequestDeps {
  readonly clock: Clock;
  readonly caches: Caches;
  readonly tokens: ServiceAccountTokens;
}

type Bound = Pick<TokenGrant, "pod" | "node" | "secret">;

/** Answers POST serviceaccounts/<name>/token: the request with its status filled. */
export function grantToken(deps: TokenRequestDeps, account: ServiceAccount, request: TokenRequest): TokenRequest {
  const { clock, tokens } = deps;
  const audiences = request.spec.audiences?.length ? request.spec.audiences : tokens.apiAudiences;
  const asked = request.spec.expirationSeconds ?? defaultExpirationSeconds;
  checkExpiration(account, asked);
  const bound = boundTo(deps, account, request);
  const extended =
    asked === extendedExpirationSeconds &&
    bound.pod !== undefined &&
    audiences.every(audience => tokens.apiAudiences.includes(audience));
  const { token } = tokens.sign({
    namespace: account.metadata.namespace!,
    serviceAccount: nameAndUid(account),
    audiences,
    lifetimeSeconds: extended ? extensionSeconds : asked,
    ...(extended && { warnAfterSeconds: asked }),
    ...bound,
  });
  return {
    ...request,
    metadata: { ...request.metadata, name: account.metadata.name!, namespace: account.metadata.namespace! },
    spec: { ...request.spec, audiences, expirationSeconds: asked },
    status: { token, expirationTimestamp: formatTime(clock.now() + asked * 1000) },
  };
}

function checkExpiration(account: ServiceAccount, seconds: number): void {
  const errors: FieldError[] = [];
  if (seconds < minimumExpirationSeconds) {
    errors.push(invalidField("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes"));
  }
  if (seconds > maximumExpirationSeconds) {
    errors.push(invalidField("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds"));
  }
  if (errors.length === 0) return;
  throw invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, account.metadata.name ?? "", errors);
}

function boundTo({ caches }: TokenRequestDeps, account: ServiceAccount, request: TokenRequest): Bound {
  const reference = request.spec.boundObjectRef;
  if (reference === undefined) return {};
  const { apiVersion = "", kind = "", name = "", uid = "" } = reference;
  const namespace = account.metadata.namespace!;
  const find = <T extends KubernetesObject>(definition: ResourceDefinition<T>, where: string): T => {
    const object = caches.of(definition).get(where, name)?.object;
    if (object === undefined) throw notFound(definition, name);
    if (uid !== "" && uid !== object.metadata.uid) throw otherUid(definition, name, uid);
    return object;
  };
  switch (`${apiVersion}/${kind}`) {
    case "v1/Pod":
      return boundToPod(caches, account, find(pods, namespace));
    case "v1/Node":
      return { node: nameAndUid(find(nodes, "")) };
    case "v1/Secret":
      return { secret: nameAndUid(find(secrets, namespace)) };
    default:
      throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  }
}

function boundToPod(caches: Caches, account: ServiceAccount, pod: Pod): Bound {
  if (pod.spec.serviceAccountName !== account.metadata.name) {
    const name = JSON.stringify(account.metadata.name);
    throw badRequest(`cannot bind token for serviceaccount ${name} to pod running with different serviceaccount name.`);
  }
  const nodeName = pod.spec.nodeName;
  const node = nodeName ? caches.of(nodes).get("", nodeName)?.object : undefined;
  return { pod: nameAndUid(pod), ...(node && { node: nameAndUid(node) }) };
}

function otherUid(definition: ResourceDefinition, name: string, uid: string): Error {
  const message = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return conflict(definition, name, message);
}

function nameAndUid(object: KubernetesObject): NameAndUid {
  return { name: object.metadata.name!, uid: object.metadata.uid! };
}
