import type { ByteDuplex, HttpHeaders } from "./http.ts";

/** Makes requests to one server. Implementations: `base/host/http-client.ts` (TLS), the client's direct transport. */
export interface HttpClient extends AsyncDisposable {
  request(request: HttpClientRequest): Promise<HttpClientResponse>;
  /** An HTTP/1.1 upgrade on a connection of its own; a status other than 101 comes back without `socket`. */
  upgrade(request: HttpClientRequest): Promise<HttpUpgradeResponse>;
}

export interface HttpClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers?: HttpHeaders;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The answer's objects may come as deeply frozen values, where server and caller share memory. */
  readonly takesValues?: boolean;
}

export interface HttpClientResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Chunks as they arrive; ending the iteration early cancels the request. Read it or call {@link readAll}. */
  readonly body: AsyncIterable<Uint8Array>;
  /** In place of a body: only where the request takes values, and the server gave one. */
  readonly value?: unknown;
  /** The same in place of a streamed body, some at a time. */
  readonly values?: AsyncIterable<readonly unknown[]>;
  readAll(limitBytes?: number): Promise<Uint8Array>;
}

export interface HttpUpgradeResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly socket?: ByteDuplex;
  readonly head?: Uint8Array;
  readonly body?: Uint8Array;
}
