import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { apiServerDefaults } from "#apiserver/server.ts";
import { controlPlane } from "#assembly/control-plane.ts";
import { createHttpClient } from "#base/host/http-client.ts";
import { listenHttps } from "#base/host/http-server.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { systemRandom } from "#base/host/system-random.ts";
import type { ServerProcessConfig } from "#base/process-config.ts";
import { version } from "#base/version.ts";
import { SpanRing } from "#journey/ring.ts";
import { openSqliteKv } from "#store/sqlite/sqlite-kv.ts";
import { processLog, readProcessConfig, runProcess, terminationSignal } from "./process.ts";

/** `k8ts server`: API server, store, scheduler and controllers of a cluster. */
const log = processLog();
const spanCapacity = 20_000;

runProcess(log, async () => {
  const signal = terminationSignal();
  const config = await readProcessConfig<ServerProcessConfig>();
  const pem = (name: string) => readFile(join(config.certificatesFolder, name), "utf8");
  const [ca, certificate, key, accountKey, accountPublicKey, kubeletCertificate, kubeletKey] = (await Promise.all(
    [
      "ca.crt",
      "apiserver.crt",
      "apiserver.key",
      "service-accounts.key",
      "service-accounts.pub",
      "apiserver-kubelet-client.crt",
      "apiserver-kubelet-client.key",
    ].map(pem),
  )) as [string, string, string, string, string, string, string];

  const clock = systemClock();
  const folder = join(config.dataFolder, "store");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await using kv = await openSqliteKv({ folder, clock, log: log.with({ component: "store" }) });
  await using plane = await controlPlane(
    {
      kv,
      clock,
      random: systemRandom(),
      log,
      recorder: new SpanRing(spanCapacity),
      serviceAccountKeys: { privateKey: accountKey, publicKey: accountPublicKey },
      clusterCa: ca,
      connectToNode(node) {
        const address =
          node.status?.addresses?.find(each => each.type === "InternalIP")?.address ?? node.metadata.name ?? "";
        const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || 10_250;
        return createHttpClient({
          url: `https://${address}:${port}`,
          ca,
          certificate: kubeletCertificate,
          key: kubeletKey,
          log,
        });
      },
    },
    {
      apiServer: {
        ...apiServerDefaults,
        version,
        advertiseAddress: config.advertiseAddress,
        advertisePort: config.port,
        serviceClusterIpRange: config.serviceSubnet,
        serviceNodePortRange: { from: config.nodePortFrom, to: config.nodePortTo },
      },
      podSubnet: config.podSubnet,
      clusterDnsIp: config.dnsServiceIp,
    },
  );
  await using server = await listenHttps({
    handler: plane.handler,
    host: "0.0.0.0",
    port: config.port,
    certificate,
    key,
    clientCa: ca,
    log,
  });
  log.info("serving", { port: server.port, sinceStartMs: Math.round(performance.now()) });
  await plane.run(signal);
});
