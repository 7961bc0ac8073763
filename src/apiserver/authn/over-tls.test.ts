import { connect } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type CertificateAuthority,
  createCa,
  createServiceAccountKeys,
  issueCertificate,
  type KeyedCertificate,
} from "#base/host/certificates.ts";
import { createHttpClient } from "#base/host/http-client.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { startTestServer, type TestServer } from "#testing/api-server.ts";
import { clientCertificate as client, serveHttps, type TestHttps } from "#testing/https.ts";
import { ServiceAccountTokens } from "./service-account-tokens.ts";

/** Credentials as they come over the wire: each is somebody, or 401; none that was refused becomes anonymous. */

let api: TestServer;
let https: TestHttps;
let ca: CertificateAuthority;
let foreign: CertificateAuthority;
let token: string;

beforeAll(async () => {
  api = await startTestServer();
  https = await serveHttps(api.handle);
  ca = https.ca;
  foreign = await createCa("test");
  expect(foreign.parsed.subject, "only the key tells them apart").toBe(ca.parsed.subject);
  const account = await api.send("POST /api/v1/namespaces/default/serviceaccounts", {
    body: { metadata: { name: "robot" } },
  });
  expect(account.status).toBe(201);
  token = await tokenFor("robot");
});
afterAll(async () => {
  await https[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function tokenFor(account: string, spec: object = {}): Promise<string> {
  const answer = await api.send(`POST /api/v1/namespaces/default/serviceaccounts/${account}/token`, { body: { spec } });
  expect(answer.status).toBe(201);
  return answer.json.status.token;
}

interface Credentials {
  readonly pair?: KeyedCertificate;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** Who the server takes the caller for: the name, or the status of the refusal. */
async function who({ pair, token: bearer, headers }: Credentials): Promise<string | number> {
  await using http = createHttpClient({
    url: https.url,
    ca: ca.certificate,
    ...pair,
    ...(bearer !== undefined && { token: () => bearer }),
    log: silentLog,
  });
  const response = await http.request({
    method: "POST",
    target: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    headers: { "content-type": "application/json", ...headers },
    body: new TextEncoder().encode("{}"),
  });
  const body = new TextDecoder().decode(await response.readAll());
  if (response.status === 403) return /User "([^"]*)"/.exec(JSON.parse(body).message)?.[1] ?? 403;
  return response.status === 201 ? JSON.parse(body).status.userInfo.username : response.status;
}

test("client certificates: the cluster's count, others are refused", async () => {
  expect(await who({ pair: await client(ca, "alice", ["staff"]) })).toBe("alice");
  expect(await who({})).toBe("system:anonymous");
  expect(await who({ pair: await client(foreign, "alice", ["system:masters"]) })).toBe(401);
  const server = await issueCertificate(ca, {
    commonName: "alice",
    organizations: ["system:masters"],
    usage: "server",
  });
  expect(await who({ pair: server }), "a server's certificate is no client's").toBe(401);
  const other = await client(foreign, "alice");
  const own = await client(ca, "alice");
  await expect(who({ pair: { certificate: own.certificate, key: other.key } })).rejects.toThrow();
});

test("a certificate wins over a token; a refused certificate leaves the token", async () => {
  const robot = "system:serviceaccount:default:robot";
  expect(await who({ token })).toBe(robot);
  expect(await who({ pair: await client(ca, "alice"), token })).toBe("alice");
  expect(await who({ pair: await client(foreign, "alice"), token })).toBe(robot);
  expect(await who({ pair: await client(foreign, "alice"), token: "x.y.z" })).toBe(401);
});

test("tokens: another key, no signature, another audience or issuer, changed claims", async () => {
  const [head, body, signature] = token.split(".") as [string, string, string];
  const json = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const keys = createServiceAccountKeys();
  const clock = systemClock();
  const forger = (issuer: string) =>
    new ServiceAccountTokens(
      { clock, random: seededRandom(2) },
      { keys, issuer, apiAudiences: [json(body).aud[0]] },
    ).sign({
      namespace: "default",
      serviceAccount: json(body)["kubernetes.io"].serviceaccount,
      audiences: json(body).aud,
      lifetimeSeconds: 3600,
    }).token;
  const forged = forger(json(body).iss);
  const bad = [
    forged,
    `${head}.${forged.split(".")[1]}.${forged.split(".")[2]}`,
    `${text({ alg: "none" })}.${body}.`,
    `${text({ alg: "none", kid: json(head).kid })}.${body}.${signature}`,
    `${text({ alg: "HS256", kid: json(head).kid })}.${body}.${signature}`,
    `${head}.${text({ ...json(body), sub: "system:serviceaccount:kube-system:admin" })}.${signature}`,
    `${head}.${body}.`,
    `${head}.${body}`,
    `${head}.${body}.${signature}.x`,
    await tokenFor("robot", { audiences: ["somebody-else"] }),
    "x",
    "..",
    "e30.e30.e30",
    "\u00e9.x.y",
  ];
  for (const each of bad) expect(await who({ token: each }), each).toBe(401);
  expect(await who({ headers: { authorization: `Bearer ${token} more` } })).toBe("system:serviceaccount:default:robot");
  expect(await who({ headers: { authorization: "Bearer bad token" } })).toBe(401);
  expect(await who({ headers: { authorization: "Basic YTpi" } })).toBe("system:anonymous");
});

test("a token ends with its account, and one bound to a pod with the pod", async () => {
  const accounts = "/api/v1/namespaces/default/serviceaccounts";
  await api.send(`POST ${accounts}`, { body: { metadata: { name: "brief" } } });
  const spec = { serviceAccountName: "brief", containers: [{ name: "c", image: "i" }] };
  await api.send("POST /api/v1/namespaces/default/pods", { body: { metadata: { name: "p" }, spec } });
  const bound = await tokenFor("brief", { boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "p" } });
  const free = await tokenFor("brief");
  expect(await who({ token: bound })).toBe("system:serviceaccount:default:brief");
  await api.send("DELETE /api/v1/namespaces/default/pods/p?gracePeriodSeconds=0");
  expect(await who({ token: bound })).toBe(401);
  expect(await who({ token: free })).toBe("system:serviceaccount:default:brief");
  await api.send(`DELETE ${accounts}/brief`);
  // Another account of that name is another account.
  await api.send(`POST ${accounts}`, { body: { metadata: { name: "brief" } } });
  expect(await who({ token: free })).toBe(401);
});

test("nobody becomes another by headers alone", async () => {
  const pair = await client(ca, "alice");
  const as = (headers: Record<string, string>) => who({ pair, headers });
  expect(await as({ "impersonate-user": "bob" })).toBe("alice");
  expect(await as({ "impersonate-user": "alice", "impersonate-group": "system:masters" })).toBe("alice");
  expect(await as({ "impersonate-group": "system:masters" })).toBe(400);
  expect(await as({ "x-remote-user": "admin", "x-remote-group": "system:masters" })).toBe("alice");
  expect(await as({ authorization: `Bearer ${token}` })).toBe("alice");
  const admin = await client(ca, "root", ["system:masters"]);
  expect(await who({ pair: admin, headers: { "impersonate-user": "bob" } })).toBe("bob");
});

test("a resumed TLS session is judged like its first", async () => {
  const open = (pair: KeyedCertificate, session?: Buffer) =>
    new Promise<{ session: Buffer | undefined; answer: string }>((resolve, reject) => {
      let ticket: Buffer | undefined;
      let answer = "";
      const socket = connect({
        ...https.credentials(pair),
        ...(session !== undefined && { session }),
        ALPNProtocols: ["http/1.1"],
      });
      socket.on("session", found => {
        ticket = found;
      });
      socket.on("data", bytes => {
        answer += bytes;
      });
      socket.on("close", () => resolve({ session: ticket, answer }));
      socket.on("error", reject);
      socket.write("GET /api HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    });
  const refused = await client(foreign, "alice", ["system:masters"]);
  const first = await open(refused);
  expect(first.answer).toMatch(/^HTTP\/1.1 401/);
  expect((await open(refused, first.session)).answer).toMatch(/^HTTP\/1.1 401/);
});
