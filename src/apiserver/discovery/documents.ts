import type { HttpRequest, HttpResponse } from "#base/http.ts";

/**
 * Serves generated documents: undefined when the path is none of its own (the caller goes on), else the answer.
 * Throws ApiErrors (406).
 */
export type DocumentHandler = (request: HttpRequest) => Promise<HttpResponse> | undefined;
