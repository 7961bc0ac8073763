import {
  ApiError,
  forbidden,
  internalError,
  requestEntityTooLarge,
  timeout,
  tooManyRequests,
  unauthorized,
} from "#api/status.ts";
import { type Cause, parseCauseHeaders, rootCause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { BodyTooLargeError, type HttpHandler, type HttpRequest, type HttpResponse } from "#base/http.ts";
import type { Log } from "#base/log.ts";
import { type Random, randomUuid } from "#base/random.ts";
import type { Attributes, Authorizer, User } from "./attributes.ts";
import type { Authenticator } from "./authn/authenticate.ts";
import { impersonate } from "./authn/impersonation.ts";
import { denialMessage } from "./authz/messages.ts";
import { respondStatus } from "./endpoints/respond.ts";
import { type Exchange, isLongRunning, type Step } from "./exchange.ts";
import type { RequestMetrics } from "./metrics.ts";
import { parseQuery, type Query } from "./query.ts";
import { type RequestInfo, requestInfo } from "./request-info.ts";
import { warningHeader } from "./warnings.ts";

export interface ChainDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: RequestMetrics;
  readonly authenticate: Authenticator;
  readonly authorizer: Authorizer;
  /** Answers what came through all the steps. */
  readonly route: Step;
}

export interface ChainOptions {
  readonly maxRequestsInFlight: number;
  readonly maxMutatingRequestsInFlight: number;
  readonly requestTimeoutMs: number;
}

/**
 * Every request goes through these steps in this order, over a socket and in the same process alike. A step that
 * answers ends it; whatever is thrown becomes a Status.
 */
export function createChain(deps: ChainDeps, options: ChainOptions): HttpHandler {
  const steps: readonly Step[] = [
    authentication(deps.authenticate),
    impersonation(deps.authorizer),
    authorization(deps.authorizer),
    inFlightLimit(options),
    deps.route,
  ];
  const deadlines = new Deadlines(deps.clock, options.requestTimeoutMs);
  return async request => {
    const exchange = new OpenExchange(deps, request);
    let response: HttpResponse;
    try {
      response = await withinTime(deadlines, exchange, run(steps, exchange));
    } catch (error) {
      response = respondError(deps.log, exchange, error);
    }
    for (const cleanup of exchange.cleanups) cleanup();
    deps.metrics.observe(exchange.info, response.status, deps.clock.now() - exchange.startMs);
    return withCommonHeaders(exchange, response);
  };
}

const nobody: User = { name: "", groups: [] };

/** What only some requests need is made when they ask. */
class OpenExchange implements Exchange {
  readonly request: HttpRequest;
  readonly query: Query;
  readonly info: RequestInfo;
  readonly auditId: string;
  readonly startMs: number;
  readonly warnings: string[] = [];
  readonly cleanups: (() => void)[] = [];
  readonly #deps: ChainDeps;
  #user = nobody;
  #attributes: Attributes | undefined;
  #cause: Cause | undefined;

  constructor(deps: ChainDeps, request: HttpRequest) {
    this.#deps = deps;
    this.request = request;
    this.query = parseQuery(request.query);
    this.info = requestInfo(request.method, request.path, this.query);
    const given = request.headers["audit-id"];
    this.auditId = given !== undefined && given !== "" && given.length <= 64 ? given : randomUuid(deps.random);
    this.startMs = deps.clock.now();
  }

  get user(): User {
    return this.#user;
  }

  set user(user: User) {
    this.#user = user;
    this.#attributes = undefined;
  }

  get attributes(): Attributes {
    this.#attributes ??= { ...this.info, user: this.#user };
    return this.#attributes;
  }

  get cause(): Cause {
    this.#cause ??= causeOf(this.request, this.auditId, this.#deps.random);
    return this.#cause;
  }

  requireRight(verb: string): void {
    demand(this.#deps.authorizer, { ...this.attributes, verb });
  }
}

/** What the caller says led to this request; otherwise the request itself is a root, found by its audit id. */
function causeOf({ headers }: HttpRequest, auditId: string, random: Random): Cause {
  const { traceparent, baggage } = headers;
  const given = traceparent === undefined ? undefined : parseCauseHeaders(traceparent, baggage);
  if (given !== undefined) return given;
  const id = auditId.replaceAll("-", "");
  return rootCause(/^[0-9a-f]{32}$/.test(id) ? id : randomUuid(random).replaceAll("-", ""));
}

/** Waits for nothing as long as no step does: most reads are answered in the turn in which they came. */
function run(steps: readonly Step[], exchange: Exchange, from = 0): HttpResponse | Promise<HttpResponse> {
  for (let at = from; at < steps.length; at++) {
    const outcome = steps[at]!(exchange);
    if (outcome instanceof Promise) return outcome.then(response => response ?? run(steps, exchange, at + 1));
    if (outcome !== undefined) return outcome;
  }
  throw internalError("no step of the chain answered");
}

function authentication(authenticate: Authenticator): Step {
  return exchange => {
    const user = authenticate(exchange.request);
    if (user === undefined) throw unauthorized();
    exchange.user = user;
    return undefined;
  };
}

function impersonation(authorizer: Authorizer): Step {
  return exchange => {
    const user = impersonate(exchange.user, exchange.request.headers, authorizer);
    if (user !== exchange.user) exchange.user = user;
    return undefined;
  };
}

function authorization(authorizer: Authorizer): Step {
  return exchange => {
    demand(authorizer, exchange.attributes);
    return undefined;
  };
}

function demand(authorizer: Authorizer, attributes: Attributes): void {
  const decision = authorizer.authorize(attributes);
  if (decision.type === "allow") return;
  const { group, resource, name } = attributes;
  throw forbidden({ group, plural: resource }, name, denialMessage(attributes, decision.reason));
}

const readingVerbs = new Set(["get", "list", "watch", "head", "options"]);

/** Too many at once are told to come back; watches and streams are not counted. */
function inFlightLimit(options: ChainOptions): Step {
  let reading = 0;
  let writing = 0;
  return exchange => {
    if (isLongRunning(exchange.info)) return undefined;
    if (readingVerbs.has(exchange.info.verb)) {
      if (reading >= options.maxRequestsInFlight) throw tooMany();
      reading++;
      exchange.cleanups.push(() => reading--);
    } else {
      if (writing >= options.maxMutatingRequestsInFlight) throw tooMany();
      writing++;
      exchange.cleanups.push(() => writing--);
    }
    return undefined;
  };
}

function tooMany(): ApiError {
  return tooManyRequests("Too many requests, please try again later.", 1);
}

/** A request that takes too long is answered with 504; what it started may still happen. */
function withinTime(
  deadlines: Deadlines,
  exchange: Exchange,
  answer: HttpResponse | Promise<HttpResponse>,
): HttpResponse | Promise<HttpResponse> {
  if (!(answer instanceof Promise) || isLongRunning(exchange.info)) return answer;
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(() => reject(timeout("request did not complete within the allotted timeout")));
    answer.then(resolve, reject);
    exchange.cleanups.push(() => deadlines.met(deadline));
  });
}

function respondError(log: Log, exchange: Exchange, error: unknown): HttpResponse {
  if (error instanceof ApiError) return respondStatus(exchange, error.status);
  if (error instanceof BodyTooLargeError) {
    return respondStatus(exchange, requestEntityTooLarge(`limit is ${error.limitBytes}`).status);
  }
  if (exchange.request.signal.aborted) {
    return respondStatus(exchange, timeout("the client went away").status);
  }
  const { method, path } = exchange.request;
  log.error("a request failed", {
    requestId: exchange.cause.requestId,
    auditId: exchange.auditId,
    method,
    path,
    error,
  });
  const message = `an error on the server (${JSON.stringify(exchange.auditId)}) has prevented the request from succeeding`;
  return respondStatus(exchange, internalError(message).status);
}

function withCommonHeaders(exchange: Exchange, response: HttpResponse): HttpResponse {
  const warning = exchange.warnings.length === 0 ? undefined : warningHeader(exchange.warnings);
  return {
    ...response,
    headers: {
      "audit-id": exchange.auditId,
      "cache-control": "no-cache, private",
      ...response.headers,
      ...(warning !== undefined && { warning }),
    },
  };
}
