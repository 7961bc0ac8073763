import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { node } from "#assembly/node.ts";
import { exchangeDatagram } from "#base/host/datagram.ts";
import { dnsSockets } from "#base/host/dns-sockets.ts";
import { startHelper } from "#base/host/helper.ts";
import { createHttpClient } from "#base/host/http-client.ts";
import { listenHttps } from "#base/host/http-server.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { systemRandom } from "#base/host/system-random.ts";
import { exchangeStream } from "#base/host/tcp.ts";
import type { AgentProcessConfig } from "#base/process-config.ts";
import { version } from "#base/version.ts";
import { connectCri } from "#cri/grpc/client.ts";
import { serveCri } from "#cri/grpc/server.ts";
import { createLinuxRuntime } from "#cri/linux/runtime.ts";
import { createForward, nameServersOf } from "#dns/forward.ts";
import { SpanRing } from "#journey/ring.ts";
import { createLinuxHost } from "#kubelet/host/linux-host.ts";
import { processLog, readProcessConfig, runProcess, terminationSignal } from "./process.ts";

/** `k8ts agent`: kubelet, container runtime, kube-proxy and DNS of one node. */
const log = processLog();
const kubeletPort = 10_250;
const spanCapacity = 10_000;

runProcess(log, async () => {
  const signal = terminationSignal();
  const config = await readProcessConfig<AgentProcessConfig>();
  const clock = systemClock();
  const random = systemRandom();
  const spans = new SpanRing(spanCapacity);
  const rootFolder = join(config.dataFolder, "kubelet");
  const podLogsFolder = join(config.dataFolder, "pod-logs");
  for (const folder of [rootFolder, podLogsFolder]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await using helper = await startHelper({ folder: join(config.runFolder, "helper"), log });

  const ca = await readFile(join(config.certificatesFolder, "ca.crt"), "utf8");
  const pair = async (name: string) => {
    const [certificate, key] = await Promise.all(
      ["crt", "key"].map(end => readFile(join(config.certificatesFolder, `${name}.${end}`), "utf8")),
    );
    return { certificate: certificate!, key: key! };
  };
  const connect = async (name: string) =>
    createHttpClient({ url: config.serverUrl, ca, ...(await pair(`${name}-${config.node}`)), log });
  const [kubeletHttp, proxyHttp, dnsHttp, serving] = await Promise.all([
    connect("kubelet"),
    connect("kube-proxy"),
    connect("dns"),
    pair(`kubelet-server-${config.node}`),
  ]);

  await using linux = await createLinuxRuntime(
    { helper, clock, random, log: log.with({ component: "cri" }), recorder: spans },
    {
      root: join(config.dataFolder, "cri"),
      stateFolder: join(config.runFolder, "cri"),
      imageRoot: config.imageFolder,
      cgroupParent: `/${config.cgroupParent}`,
      node: config.node,
      fetcher: { networkPin: config.hostNetworkPin, program: imageFetcher() },
    },
  );
  const socketPath = join(config.runFolder, "cri.sock");
  await using _criServer = await serveCri({ socketPath, runtime: linux.runtime, images: linux.images, log });
  await using cri = await connectCri({ socketPath });

  const nameServers =
    config.egress === "nat" ? nameServersOf(await readFile("/etc/resolv.conf", "utf8").catch(() => "")) : [];

  const parts = node(
    {
      kubeletHttp,
      proxyHttp,
      dnsHttp,
      runtime: cri.runtime,
      images: cri.images,
      kubeletHost: await createLinuxHost({ helper, log }),
      dnsSockets: dnsSockets(),
      ...(nameServers.length > 0 && { dnsForward: createForward({ exchangeDatagram, exchangeStream }, nameServers) }),
      helper,
      clock,
      random,
      log,
      spans,
    },
    {
      nodeName: config.node,
      nodeIp: config.nodeIp,
      version,
      podSubnet: config.podSubnet,
      serviceSubnet: config.serviceSubnet,
      dnsServiceIp: config.dnsServiceIp,
      clusterDomain: config.clusterDomain,
      labels: config.labels,
      taints: config.taints as never,
      rootFolder,
      podLogsFolder,
      cgroupRoot: `/${config.cgroupParent}`,
      resolvConf: "/etc/resolv.conf",
      ...(config.host && { host: config.host }),
    },
  );
  await using _kubeletServer = await listenHttps({
    handler: parts.kubeletHandler,
    host: "0.0.0.0",
    port: kubeletPort,
    ...serving,
    clientCa: ca,
    log,
  });
  log.info("started", { sinceStartMs: Math.round(performance.now()) });
  await parts.run(signal);
});

/** The program beside this one. */
function imageFetcher(): readonly string[] {
  const entry = join(dirname(fileURLToPath(import.meta.url)), "image-fetcher.js");
  return [process.execPath, "--use-system-ca", entry];
}
