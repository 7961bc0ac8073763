import type { DeleteOptions } from "#api/meta/v1/options.ts";
import type { KubernetesObject, ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import { ApiError } from "#api/status.ts";
import { type Cause, causeHeaders } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpHeaders } from "#base/http.ts";
import type { HttpClient, HttpClientResponse } from "#base/http-client.ts";
import { kubernetesRelease } from "#base/version.ts";
import type {
  Client,
  GetOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  WatchEvent,
  WatchOptions,
  WatchValue,
  WriteOptions,
} from "./client.ts";
import { jsonFormat } from "./json-format.ts";
import { protobufFormat } from "./protobuf-format.ts";
import {
  collectionPath,
  groupPath,
  listQuery,
  objectPath,
  watchQuery,
  withQuery,
  writeQuery,
} from "./request-target.ts";
import { responseError } from "./response-error.ts";
import type { WireFormat } from "./wire-format.ts";

export interface ClientDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** `userAgentOf("kubelet")`. */
  readonly userAgent: string;
  readonly encoding?: "json" | "protobuf";
}

/** `k8ts-kubelet/v1.37.2`: managed fields take the part before the slash for the manager's name. */
export function userAgentOf(component: string): string {
  return `k8ts-${component}/v${kubernetesRelease}`;
}

/** A client over any transport. */
export function createClient(deps: ClientDeps): Client {
  return new ApiClient(deps, undefined);
}

const encoder = new TextEncoder();
const utf8 = new TextDecoder();
/** How often a request is made again when the server asks for patience (429 or 5xx with Retry-After). */
const patienceLimit = 10;

const patchTypes: Readonly<Record<Patch["type"], string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

interface Call {
  readonly method: string;
  readonly target: string;
  readonly body?: Uint8Array | undefined;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** The answer is an object, or events of objects. */
  readonly takesValues?: boolean;
}

class ApiClient implements Client {
  readonly #deps: ClientDeps;
  readonly #format: WireFormat;
  readonly #headers: HttpHeaders;

  constructor(deps: ClientDeps, cause: Cause | undefined) {
    this.#deps = deps;
    this.#format = deps.encoding === "protobuf" ? protobufFormat : jsonFormat;
    this.#headers = { "user-agent": deps.userAgent, ...(cause && causeHeaders(cause)) };
  }

  because(cause: Cause | undefined): Client {
    return new ApiClient(this.#deps, cause);
  }

  async get<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    key: ObjectKey,
    options?: GetOptions,
  ): Promise<T> {
    const target = withQuery(objectPath(resource, key), { resourceVersion: options?.resourceVersion });
    return this.#object(resource, { method: "GET", target, signal: options?.signal });
  }

  async list<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: ListOptions = {},
  ): Promise<ObjectList<T>> {
    const target = withQuery(collectionPath(resource, options.namespace), listQuery(options));
    return this.#format.decodeList(resource, await this.#bytes({ method: "GET", target, signal: options.signal }));
  }

  async create<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    object: T,
    options?: WriteOptions,
  ): Promise<T> {
    const target = withQuery(collectionPath(resource, object.metadata.namespace), writeQuery(options));
    const body = this.#format.encode(resource, object);
    return this.#object(resource, { method: "POST", target, body, signal: options?.signal });
  }

  async update<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    object: T,
    options?: WriteOptions,
  ): Promise<T> {
    const key = { namespace: object.metadata.namespace, name: object.metadata.name ?? "" };
    const target = withQuery(objectPath(resource, key, options?.subresource), writeQuery(options));
    const body = this.#format.encode(resource, object);
    return this.#object(resource, { method: "PUT", target, body, signal: options?.signal });
  }

  async patch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T> {
    const query = { ...writeQuery(options), force: patch.force };
    const target = withQuery(objectPath(resource, key, options?.subresource), query);
    const body = encoder.encode(JSON.stringify(patch.body));
    const contentType = patchTypes[patch.type];
    return this.#object(resource, { method: "PATCH", target, body, contentType, signal: options?.signal });
  }

  async delete<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    key: ObjectKey,
    options?: Partial<DeleteOptions>,
  ): Promise<void> {
    await this.#bytes({ method: "DELETE", target: objectPath(resource, key), ...deleteBody(options) });
  }

  async deleteCollection<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: ListOptions,
    deleteOptions?: Partial<DeleteOptions>,
  ): Promise<void> {
    const target = withQuery(collectionPath(resource, options.namespace), listQuery(options));
    await this.#bytes({ method: "DELETE", target, ...deleteBody(deleteOptions), signal: options.signal });
  }

  async *watch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const format = this.#format;
    const target = withQuery(collectionPath(resource, options.namespace), watchQuery(options));
    const call: Call = { method: "GET", target, accept: format.acceptWatch, signal: options.signal, takesValues: true };
    const response = await this.#respond(call);
    if (response.values !== undefined) {
      for await (const batch of response.values as AsyncIterable<readonly WatchValue<T>[]>) {
        for (const event of batch) yield eventOf(event);
      }
      return;
    }
    const frames = format.frames();
    for await (const chunk of response.body) {
      for (const frame of frames.push(chunk)) yield format.decodeEvent(resource, frame);
    }
  }

  async createSubresource<B, R = unknown>(
    resource: ResourceDefinition,
    key: ObjectKey,
    subresource: string,
    type: TypeDefinition<B>,
    body: B,
    options?: WriteOptions,
  ): Promise<R> {
    const target = withQuery(objectPath(resource, key, subresource), writeQuery(options));
    const bytes = this.#format.encode(type, body);
    const accept = "application/json";
    const answer = await this.#bytes({ method: "POST", target, body: bytes, accept, signal: options?.signal });
    return JSON.parse(utf8.decode(answer)) as R;
  }

  async review<T>(type: TypeDefinition<T>, plural: string, body: T, namespace?: string): Promise<T> {
    const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
    const target = `${groupPath(type)}${scope}/${plural}`;
    return this.#object(type, { method: "POST", target, body: this.#format.encode(type, body) });
  }

  async #object<T>(type: TypeDefinition<T>, call: Call): Promise<T> {
    const response = await this.#respond({ ...call, takesValues: true });
    return response.value === undefined ? this.#format.decode(type, await response.readAll()) : (response.value as T);
  }

  async #bytes(call: Call): Promise<Uint8Array> {
    return (await this.#respond(call)).readAll();
  }

  /** The response of a request that succeeded; an ApiError otherwise. */
  async #respond(call: Call): Promise<HttpClientResponse> {
    for (let tries = 0; ; tries++) {
      const response = await this.#deps.http.request(this.#request(call));
      if (response.status < 400) return response;
      const body = await response.readAll();
      const waitMs = retryAfterMs(response);
      if (waitMs === undefined || tries >= patienceLimit) throw responseError(response.status, body);
      await this.#deps.clock.sleep(waitMs, call.signal);
    }
  }

  #request(call: Call) {
    return {
      method: call.method,
      target: call.target,
      headers: {
        ...this.#headers,
        accept: call.accept ?? this.#format.accept,
        ...(call.body && { "content-type": call.contentType ?? this.#format.contentType }),
      },
      ...(call.body && { body: call.body }),
      ...(call.signal && { signal: call.signal }),
      ...(call.takesValues && { takesValues: true }),
    };
  }
}

function eventOf<T>(value: WatchValue<T>): WatchEvent<T> {
  if (value.type === "ERROR") throw new ApiError(value.status);
  return value;
}

/** How long the server asks to wait; undefined when it does not ask. */
function retryAfterMs(response: HttpClientResponse): number | undefined {
  if (response.status !== 429 && response.status < 500) return undefined;
  const seconds = Number(response.headers["retry-after"]);
  return Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** DeleteOptions is part of every group; as JSON it needs no more than what was asked. */
function deleteBody(options: Partial<DeleteOptions> | undefined): { body?: Uint8Array; contentType?: string } {
  if (options === undefined || Object.keys(options).length === 0) return {};
  const body = { apiVersion: "v1", kind: "DeleteOptions", ...options };
  return { body: encoder.encode(JSON.stringify(body)), contentType: "application/json" };
}
