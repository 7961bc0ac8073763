import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Node } from "#api/core/v1/node.ts";
import { apiServerDefaults } from "#apiserver/server.ts";
import { type ControlPlaneOptions, controlPlane } from "#assembly/control-plane.ts";
import { journeyDocument } from "#assembly/journey.ts";
import type { Clock } from "#base/clock.ts";
import { createHttpClient } from "#base/host/http-client.ts";
import { listenHttps } from "#base/host/http-server.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { systemRandom } from "#base/host/system-random.ts";
import { acceptWebSocket } from "#base/host/websocket.ts";
import type { ServerProcessConfig } from "#base/process-config.ts";
import { build, version } from "#base/version.ts";
import { SpanFile } from "#journey/host/span-file.ts";
import { SpanRing } from "#journey/ring.ts";
import type { Kv } from "#store/kv.ts";
import { openSqliteKv } from "#store/sqlite/sqlite-kv.ts";
import { NodeClients } from "./node-clients.ts";
import { processLog, readProcessConfig, readWhenThere, runProcess, terminationSignal } from "./process.ts";

/** `k8ts server`: API server, store, scheduler and controllers of a cluster. */
const log = processLog();
const spanCapacity = 20_000;
const spanFileOptions = { maximumSpans: 50_000, delayMs: 200 };
/** Lists the nodes whose part of a story is asked for. */
const journeyReader = { name: "system:kube-controller-manager", groups: ["system:authenticated"] };
const credentialsTimeoutMs = 60_000;
/** Whoever waits for the API is told that it is there, before controllers and scheduler take this thread to start. */
const tellFirstMs = 8;

runProcess(log, async () => {
  // What this process writes (the store, the journey) holds secrets: it is its own alone.
  process.umask(0o077);
  const signal = terminationSignal();
  const config = await readProcessConfig<ServerProcessConfig>();
  const reading = readCredentials(config.certificatesFolder, signal);
  reading.catch(() => undefined); // Awaited below.

  const clock = systemClock();
  await using kv = await openStore(join(config.dataFolder, "store"), clock);
  const spans = new SpanRing(spanCapacity);
  using spanFile = new SpanFile(
    join(config.dataFolder, "journey.sqlite"),
    { ring: spans, clock, log },
    spanFileOptions,
  );
  const { ca, serving, kubeletClient, serviceAccountKeys } = await reading;
  await using nodeClients = new NodeClients(url => createHttpClient({ url, ca, ...kubeletClient, log }));
  const connectToNode = (node: Node) => nodeClients.of(node);
  const journey = journeyDocument({
    ownSpans: () => spanFile.all(),
    client: () => plane.clientFor(journeyReader, "journey"),
    connectToNode,
    log,
  });
  await using plane = await controlPlane(
    {
      ...{ kv, clock, random: systemRandom(), log, recorder: spans },
      ...{ serviceAccountKeys, clusterCa: ca, connectToNode, acceptWebSocket, documents: [journey] },
      connectToAddress: url => createHttpClient({ url, log, anyServer: true }),
    },
    controlPlaneOptions(config),
  );
  await using server = await listenHttps({
    ...{ handler: plane.handler, host: "0.0.0.0", port: config.port },
    ...{ ...serving, clientCa: ca, log },
  });
  const sinceStartMs = () => Math.round(performance.now());
  log.info("serving", { port: server.port, sinceStartMs: sinceStartMs() });
  await plane.ready;
  log.info("ready", { sinceStartMs: sinceStartMs() });
  await clock.sleep(tellFirstMs);
  await plane.run(signal);
});

async function openStore(folder: string, clock: Clock): Promise<Kv> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return openSqliteKv({
    folder,
    clock,
    log: log.with({ component: "store" }),
    onFailure: error => {
      // Every watch is cut and nothing can be written: the supervisor starts a server that reads the disk anew.
      log.error("the store failed, the server ends", { error });
      process.exit(1);
    },
  });
}

function controlPlaneOptions(config: ServerProcessConfig): ControlPlaneOptions {
  return {
    apiServer: {
      ...apiServerDefaults,
      version,
      ...build,
      advertiseAddress: config.advertiseAddress,
      advertisePort: config.port,
      serviceClusterIpRange: config.serviceSubnet,
      serviceNodePortRange: { from: config.nodePortFrom, to: config.nodePortTo },
    },
    podSubnet: config.podSubnet,
    clusterDnsIp: config.dnsServiceIp,
  };
}

/** What this process shows and checks with, PEM. A new cluster's is made while this process starts. */
async function readCredentials(folder: string, signal: AbortSignal) {
  const read = (name: string) => readWhenThere(join(folder, name), { timeoutMs: credentialsTimeoutMs, signal });
  return {
    ca: await read("ca.crt"),
    serving: { certificate: await read("apiserver.crt"), key: await read("apiserver.key") },
    serviceAccountKeys: {
      publicKey: await read("service-accounts.pub"),
      privateKey: await read("service-accounts.key"),
    },
    kubeletClient: {
      certificate: await read("apiserver-kubelet-client.crt"),
      key: await read("apiserver-kubelet-client.key"),
    },
  };
}
