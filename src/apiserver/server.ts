import type { HttpHandler } from "#base/http.ts";
import type { ApiServerDeps, ApiServerOptions } from "./options.ts";

export { type ApiServerDeps, type ApiServerOptions, apiServerDefaults } from "./options.ts";

/** The Kubernetes API as one function from request to response. */
export interface ApiServer extends AsyncDisposable {
  readonly handler: HttpHandler;
  /** Settles once the system namespaces, roles and Service `kubernetes` are as they must be. */
  readonly ready: Promise<void>;
}
export type CreateApiServer = (deps: ApiServerDeps, options: ApiServerOptions) => Promise<ApiServer>;
