import { describe, expect, test } from "vitest";
import { nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { createServiceAccountKeys } from "#base/host/certificates.ts";
import type { HttpConnection, HttpHeaders, HttpRequest } from "#base/http.ts";
import { seededRandom } from "#base/random.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { ObjectCaches } from "#testing/object-caches.ts";
import { createAuthenticator } from "./authenticate.ts";
import { ServiceAccountTokens } from "./service-account-tokens.ts";
import { grantToken } from "./token-request.ts";
import { reviewToken } from "./token-review.ts";

const start = Date.parse("2026-11-21T12:00:00Z");
const issuer = "https://kubernetes.default.svc.cluster.local";
const account = { metadata: { name: "web", namespace: "shop", uid: "sa-1" } };
const pod = {
  metadata: { name: "web-0", namespace: "shop", uid: "pod-1" },
  spec: { containers: [], serviceAccountName: "web", nodeName: "n1" },
};

function world(anonymous = true) {
  const clock = new VirtualClock(start);
  const caches = new ObjectCaches()
    .set(serviceAccounts, account)
    .set(pods, pod)
    .set(nodes, { metadata: { name: "n1", uid: "node-1" }, spec: {} });
  const keys = createServiceAccountKeys();
  const tokens = new ServiceAccountTokens({ clock, random: seededRandom(1) }, { keys, issuer, apiAudiences: [issuer] });
  const deps = { clock, caches, tokens };
  return { ...deps, deps, authenticate: createAuthenticator(deps, { anonymous }) };
}

function request(connection: Partial<HttpConnection>, headers: HttpHeaders = {}): HttpRequest {
  return {
    method: "GET",
    path: "/api",
    query: "",
    headers,
    connection: { remoteAddress: "10.0.0.1", protocol: "HTTP/2.0", ...connection },
    signal: new AbortController().signal,
    readBody: async () => new Uint8Array(),
  };
}

const bearer = (token: string) => request({}, { authorization: `Bearer ${token}` });
const tokenRequest = (spec: object) => ({ metadata: {}, spec: { audiences: [], ...spec } }) as never;
const forPod = { kind: "Pod", apiVersion: "v1", name: "web-0", uid: "pod-1" };

describe("authentication", () => {
  test("a client certificate is a user with groups until it expires", async () => {
    const { authenticate, clock } = world();
    const peer = { commonName: "jane", organizations: ["dev"], fingerprint: "ab12", notAfterMs: start + 1000 };
    expect(authenticate(request({ peer }))).toEqual({
      name: "jane",
      groups: ["dev", "system:authenticated"],
      extra: { "authentication.kubernetes.io/credential-id": ["X509SHA256=ab12"] },
    });
    await clock.advance(1001);
    expect(() => authenticate(request({ peer }))).toThrow(expect.objectContaining({ code: 401 }));
  });

  test("a certificate of another authority is refused, not anonymous", async () => {
    expect(() => world().authenticate(request({ peerRejected: "unknown" }))).toThrow(
      expect.objectContaining({ code: 401 }),
    );
  });

  test("no credentials: anonymous where that is allowed", async () => {
    expect(world().authenticate(request({}))).toEqual({
      name: "system:anonymous",
      groups: ["system:unauthenticated"],
    });
    expect(world(false).authenticate(request({}))).toBeUndefined();
  });

  test("a component's direct identity gets the groups of its service account", async () => {
    const identity = { name: "system:serviceaccount:kube-system:job-controller", groups: [] };
    expect(world().authenticate(request({ identity }))?.groups).toEqual([
      "system:serviceaccounts",
      "system:serviceaccounts:kube-system",
      "system:authenticated",
    ]);
  });

  test("a pod's token stands for its service account and tells pod and node", async () => {
    const { authenticate, deps } = world();
    const granted = grantToken(deps, account, tokenRequest({ expirationSeconds: 3607, boundObjectRef: forPod }));
    expect(granted.status?.expirationTimestamp).toBe("2026-11-21T13:00:07Z");
    const user = authenticate(bearer(granted.status!.token));
    expect(user).toMatchObject({
      name: "system:serviceaccount:shop:web",
      uid: "sa-1",
      groups: ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
      extra: {
        "authentication.kubernetes.io/pod-name": ["web-0"],
        "authentication.kubernetes.io/pod-uid": ["pod-1"],
        "authentication.kubernetes.io/node-name": ["n1"],
        "authentication.kubernetes.io/node-uid": ["node-1"],
      },
    });
    const claims = deps.tokens.verify(granted.status!.token)!;
    expect(claims.exp - claims.iat).toBe(365 * 24 * 3600);
    expect(claims["kubernetes.io"].warnafter! - claims.iat).toBe(3607);
  });

  test.each<[string, (w: ReturnType<typeof world>) => void | Promise<void>]>([
    ["its pod is gone", w => w.caches.delete(pods, pod)],
    [
      "a new pod has the old one's name",
      w => void w.caches.set(pods, { ...pod, metadata: { ...pod.metadata, uid: "2" } }),
    ],
    ["its service account is gone", w => w.caches.delete(serviceAccounts, account)],
    ["its time is over", w => w.clock.advance((600 + 61) * 1000)],
  ])("a token is worth nothing once %s", async (_name, change) => {
    const w = world();
    const { status } = grantToken(w.deps, account, tokenRequest({ expirationSeconds: 600, boundObjectRef: forPod }));
    expect(w.authenticate(bearer(status!.token))).toBeDefined();
    await change(w);
    expect(() => w.authenticate(bearer(status!.token))).toThrow(expect.objectContaining({ code: 401 }));
  });

  test("a token for others, of another key or changed is refused", async () => {
    const w = world();
    const others = grantToken(w.deps, account, tokenRequest({ audiences: ["vault"] })).status!.token;
    const foreign = grantToken(world().deps, account, tokenRequest({})).status!.token;
    const own = grantToken(w.deps, account, tokenRequest({})).status!.token;
    for (const token of [others, foreign, `${own.slice(0, -4)}AAAA`, "x", "a.b.c"]) {
      expect(() => w.authenticate(bearer(token))).toThrow(expect.objectContaining({ code: 401 }));
    }
    const review = (token: string) =>
      reviewToken(w.deps, { metadata: {}, spec: { token, audiences: ["vault", "other"] } }).status;
    expect(review(others)).toMatchObject({ authenticated: true, audiences: ["vault"] });
    expect(review(own)).toEqual({ authenticated: false, error: "invalid bearer token" });
  });

  test("requests for tokens are checked", () => {
    const { deps } = world();
    const ask = (spec: object) => () => grantToken(deps, account, tokenRequest(spec));
    expect(ask({ expirationSeconds: 60 })).toThrow("may not specify a duration less than 10 minutes");
    expect(ask({ boundObjectRef: { ...forPod, uid: "other" } })).toThrow("does not match the UID in record");
    expect(ask({ boundObjectRef: { ...forPod, name: "none" } })).toThrow('pods "none" not found');
    expect(ask({ boundObjectRef: { kind: "Job", apiVersion: "batch/v1", name: "x" } })).toThrow("cannot bind token");
    const other = { metadata: { name: "api", namespace: "shop", uid: "sa-2" } };
    expect(() => grantToken(deps, other, tokenRequest({ boundObjectRef: forPod }))).toThrow("different serviceaccount");
  });
});
