import type { Node } from "#api/core/v1/node.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { AcceptWebSocket } from "#base/websocket.ts";
import type { Controller } from "#client/controller.ts";
import type { Recorder } from "#journey/span.ts";
import type { Kv } from "#store/kv.ts";

/** What an API server stands on. It closes none of them. */
export interface ApiServerDeps {
  readonly kv: Kv;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
  /**
   * A client of that node's kubelet (port 10250), for logs, exec, attach, port-forward and proxy. It is shared: whoever
   * asks for it does not close it.
   */
  connectToNode(node: Node): HttpClient;
  /** A client of any address in the cluster (`http://10.244.1.5:80`), for pods/proxy and services/proxy; 503 without. */
  readonly connectToAddress?: (url: string) => HttpClient;
  /** Serves streams to WebSocket clients that HTTP bodies serve to others (pods/log); without, they get bodies. */
  readonly acceptWebSocket?: AcceptWebSocket;
  /** Further paths that are no resources, behind the same authentication and authorization; undefined: not mine. */
  readonly documents?: readonly ((request: HttpRequest) => Promise<HttpResponse> | undefined)[];
  /** The key pair that signs service account tokens, PEM. */
  readonly serviceAccountKeys: { readonly privateKey: string; readonly publicKey: string };
}

export interface ApiServerOptions {
  /** k8ts' own version; served as build metadata of the Kubernetes version. */
  readonly version: string;
  readonly gitCommit?: string;
  readonly gitTreeState?: string;
  readonly buildDate?: string;
  /** Where clients inside and outside of the cluster reach this server: the endpoint of Service `kubernetes`. */
  readonly advertiseAddress: string;
  readonly advertisePort: number;
  /** CIDR of Service addresses. */
  readonly serviceClusterIpRange: string;
  /** Both ends inclusive. */
  readonly serviceNodePortRange: { readonly from: number; readonly to: number };
  /** `iss` of service account tokens, and what they are good for. */
  readonly serviceAccountIssuer: string;
  readonly apiAudiences: readonly string[];
  /** Requests without credentials are `system:anonymous` instead of 401. */
  readonly anonymousAuth: boolean;
  /** Requests served at once, watches and streams aside. */
  readonly maxRequestsInFlight: number;
  readonly maxMutatingRequestsInFlight: number;
  readonly requestTimeoutMs: number;
  /** Each gets a ClusterRole with what its `access` names, bound to its service account. */
  readonly controllers: readonly Pick<Controller, "name" | "account" | "access">[];
}

export const apiServerDefaults = {
  version: "0.0.0",
  advertisePort: 6443,
  serviceClusterIpRange: "10.96.0.0/16",
  serviceNodePortRange: { from: 30000, to: 32767 },
  serviceAccountIssuer: "https://kubernetes.default.svc.cluster.local",
  apiAudiences: ["https://kubernetes.default.svc.cluster.local"],
  anonymousAuth: true,
  maxRequestsInFlight: 400,
  maxMutatingRequestsInFlight: 200,
  requestTimeoutMs: 60_000,
  controllers: [],
} as const satisfies Partial<ApiServerOptions>;
