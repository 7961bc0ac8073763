import { runCompaction } from "#apiserver/compaction.ts";
import { type ApiServerDeps, type ApiServerOptions, createApiServer } from "#apiserver/server.ts";
import type { HttpHandler } from "#base/http.ts";
import type { Client } from "#client/client.ts";
import { controllerIdentity, runControllers } from "#client/controller-manager.ts";
import { createClient, userAgentOf } from "#client/create-client.ts";
import { createDirectHttpClient, type DirectIdentity } from "#client/direct.ts";
import { createEventRecorder } from "#client/event-recorder.ts";
import { createInformerFactory } from "#client/informer.ts";
import { controllers } from "#controllers/list.ts";
import { createScheduler } from "#scheduler/scheduler.ts";

export interface ControlPlaneDeps extends ApiServerDeps {
  /** PEM of the authority that signed the server's certificate: what pods trust. */
  readonly clusterCa: string;
}

export interface ControlPlaneOptions {
  readonly apiServer: Omit<ApiServerOptions, "controllers">;
  /** Pods' addresses of all nodes; each node gets a /24 of it. */
  readonly podSubnet: string;
  /** Where every node's name server listens; absent: there are none. */
  readonly clusterDnsIp?: string;
}

/** API server, controllers and scheduler of one process, put together. */
export interface ControlPlane extends AsyncDisposable {
  readonly handler: HttpHandler;
  /** The API serves, and what must exist from the start does. */
  readonly ready: Promise<void>;
  /** A client in this process: no socket, but the whole request chain with this identity. */
  clientFor(identity: DirectIdentity, component: string): Client;
  /** Runs controllers, scheduler and the store's compaction until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const authenticated = "system:authenticated";
const controllerManager: DirectIdentity = { name: "system:kube-controller-manager", groups: [authenticated] };
const scheduler: DirectIdentity = { name: "system:kube-scheduler", groups: [authenticated] };

export async function controlPlane(deps: ControlPlaneDeps, options: ControlPlaneOptions): Promise<ControlPlane> {
  const { clock, random, recorder, clusterCa } = deps;
  const { podSubnet, clusterDnsIp } = options;
  const list = controllers({ clusterCa, podSubnet, ...(clusterDnsIp !== undefined && { clusterDnsIp }) });
  const server = await createApiServer(
    { ...deps, log: deps.log.with({ component: "apiserver" }) },
    { ...options.apiServer, controllers: list },
  );
  const clientFor = (identity: DirectIdentity, component: string): Client =>
    createClient({ http: createDirectHttpClient(server.handler, identity), clock, userAgent: userAgentOf(component) });

  const runControllerManager = async (signal: AbortSignal): Promise<void> => {
    const log = deps.log.with({ component: "controller-manager" });
    const client = clientFor(controllerManager, "controller-manager");
    const informers = createInformerFactory({ client, clock, random, log });
    const clients = (controller: Parameters<typeof controllerIdentity>[0]) =>
      clientFor(controllerIdentity(controller), controller.name);
    await Promise.all([
      informers.run(signal),
      runControllers(list, { client, clientFor: clients, informers, clock, random, log, recorder }, signal),
    ]);
  };

  const runScheduler = async (signal: AbortSignal): Promise<void> => {
    const log = deps.log.with({ component: "scheduler" });
    const client = clientFor(scheduler, "scheduler");
    const events = createEventRecorder({ client, clock, random, log, component: "default-scheduler" });
    await createScheduler({ client, clock, random, log, recorder, events }, {}).run(signal);
  };

  return {
    handler: server.handler,
    ready: server.ready,
    clientFor,
    async run(signal) {
      await server.ready;
      await Promise.all([runControllerManager(signal), runScheduler(signal), runCompaction(deps, signal)]);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
