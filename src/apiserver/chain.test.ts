import { describe, expect, it } from "vitest";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import { BodyTooLargeError } from "#base/http.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { startTestServer } from "#testing/api-server.ts";
import { createChain } from "./chain.ts";
import type { Step } from "./exchange.ts";
import { createRequestMetrics } from "./metrics.ts";

const request = (path: string, method = "GET"): HttpRequest => ({
  method,
  path,
  query: "",
  headers: {},
  connection: { remoteAddress: "127.0.0.1", protocol: "direct" },
  signal: new AbortController().signal,
  readBody: async () => new Uint8Array(0),
});

const chainWith = (route: Step, clock = new VirtualClock(0)) =>
  createChain(
    {
      clock,
      random: seededRandom(1),
      log: silentLog,
      metrics: createRequestMetrics(() => true),
      authenticate: () => ({ name: "jane", groups: [] }),
      authorizer: { authorize: () => ({ type: "allow", reason: "" }) },
      route,
    },
    { maxRequestsInFlight: 1, maxMutatingRequestsInFlight: 1, requestTimeoutMs: 60_000 },
  );

const statusOf = (response: HttpResponse) => JSON.parse(new TextDecoder().decode(response.body as Uint8Array));
const never: Step = () => new Promise(() => {});
const pods = "/api/v1/pods";

describe("the chain", () => {
  it("tells those beyond the limit to come back, by kind of request", async () => {
    const chain = chainWith(never);
    void chain(request(pods));
    const second = await chain(request(pods));
    expect([second.status, second.headers["retry-after"], statusOf(second).reason]).toEqual([
      429,
      "1",
      "TooManyRequests",
    ]);
    void chain(request(pods, "POST"));
    expect((await chain(request(pods, "DELETE"))).status).toBe(429);
  });

  it("frees the place of a request that failed", async () => {
    const chain = chainWith(() => {
      throw new Error("a bug");
    });
    const first = await chain(request(pods));
    expect([first.status, statusOf(first).reason]).toEqual([500, "InternalError"]);
    expect((await chain(request(pods))).status).toBe(500);
  });

  it("answers 504 after the timeout", async () => {
    const clock = new VirtualClock(0);
    const answer = chainWith(never, clock)(request(pods));
    await clock.advance(60_000);
    const response = await answer;
    expect([response.status, statusOf(response).message]).toEqual([
      504,
      "Timeout: request did not complete within the allotted timeout",
    ]);
  });

  it("answers 413 for a body over 3 MiB, and 401 without a user", async () => {
    await using server = await startTestServer({ anonymousAuth: false });
    const send = (line: string, more: Partial<HttpRequest>) => server.handle({ ...request(line, "POST"), ...more });
    const tooLarge = await send("/api/v1/namespaces/default/configmaps", {
      connection: { remoteAddress: "", protocol: "direct", identity: { name: "admin", groups: ["system:masters"] } },
      readBody: async limitBytes => {
        throw new BodyTooLargeError(limitBytes);
      },
    });
    expect([tooLarge.status, statusOf(tooLarge).message]).toEqual([413, "Request entity too large: limit is 3145728"]);
    const unknown = await send("/api/v1/namespaces/default/configmaps", {});
    expect([unknown.status, statusOf(unknown).reason]).toEqual([401, "Unauthorized"]);
  });
});
