import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type NodeDeps, type NodeOptions, node } from "#assembly/node.ts";
import type { KeyedCertificate } from "#base/host/certificates.ts";
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
import type { LinuxRuntimeOptions } from "#cri/linux/context.ts";
import { createLinuxRuntime } from "#cri/linux/runtime.ts";
import { createForward, nameServersOf } from "#dns/forward.ts";
import { SpanRing } from "#journey/ring.ts";
import { createLinuxHost } from "#kubelet/host/linux-host.ts";
import { processLog, readProcessConfig, runProcess, terminationSignal } from "./process.ts";

/** `k8ts agent`: kubelet, container runtime, kube-proxy and DNS of one node. */
const log = processLog();
const kubeletPort = 10_250;
const resolvConf = "/etc/resolv.conf";
const spanCapacity = 10_000;

runProcess(log, async () => {
  const signal = terminationSignal();
  const config = await readProcessConfig<AgentProcessConfig>();
  const clock = systemClock();
  const random = systemRandom();
  const spans = new SpanRing(spanCapacity);
  const { rootFolder, podLogsFolder } = nodeOptions(config);
  for (const folder of [rootFolder, podLogsFolder]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await using helper = await startHelper({ folder: join(config.runFolder, "helper"), log });
  const { ca, kubelet, proxy, dns, serving } = await readCredentials(config);
  const connect = (own: KeyedCertificate) => createHttpClient({ url: config.serverUrl, ca, ...own, log });

  await using linux = await createLinuxRuntime(
    { helper, clock, random, log: log.with({ component: "cri" }), recorder: spans },
    runtimeOptions(config),
  );
  const socketPath = join(config.runFolder, "cri.sock");
  await using _criServer = await serveCri({ socketPath, runtime: linux.runtime, images: linux.images, log });
  await using cri = await connectCri({ socketPath });

  const parts = node(
    {
      ...{ helper, clock, random, log, spans },
      kubeletHttp: connect(kubelet),
      proxyHttp: connect(proxy),
      dnsHttp: connect(dns),
      runtime: cri.runtime,
      images: cri.images,
      dnsSockets: dnsSockets(),
      ...(await dnsForward(config)),
      kubeletHost: await createLinuxHost({ helper, log }),
    },
    nodeOptions(config),
  );
  await using _kubeletServer = await listenHttps({
    ...{ handler: parts.kubeletHandler, host: "0.0.0.0", port: kubeletPort },
    ...{ ...serving, clientCa: ca, log },
  });
  log.info("started", { sinceStartMs: Math.round(performance.now()) });
  await parts.run(signal);
});

/** What the parts of this node show, and what they check others with. */
async function readCredentials({ certificatesFolder, node }: AgentProcessConfig) {
  const read = (file: string) => readFile(join(certificatesFolder, file), "utf8");
  const pair = async (name: string): Promise<KeyedCertificate> => {
    const [certificate, key] = await Promise.all([read(`${name}.crt`), read(`${name}.key`)]);
    return { certificate, key };
  };
  const [ca, kubelet, proxy, dns, serving] = await Promise.all([
    read("ca.crt"),
    pair(`kubelet-${node}`),
    pair(`kube-proxy-${node}`),
    pair(`dns-${node}`),
    pair(`kubelet-server-${node}`),
  ]);
  return { ca, kubelet, proxy, dns, serving };
}

function runtimeOptions(config: AgentProcessConfig): LinuxRuntimeOptions {
  return {
    root: join(config.dataFolder, "cri"),
    stateFolder: join(config.runFolder, "cri"),
    imageRoot: config.imageFolder,
    cgroupParent: `/${config.cgroupParent}`,
    node: config.node,
    fetcher: { networkPin: config.hostNetworkPin, program: imageFetcher() },
  };
}

function nodeOptions(config: AgentProcessConfig): NodeOptions {
  return {
    nodeName: config.node,
    nodeIp: config.nodeIp,
    version,
    podSubnet: config.podSubnet,
    serviceSubnet: config.serviceSubnet,
    dnsServiceIp: config.dnsServiceIp,
    clusterDomain: config.clusterDomain,
    labels: config.labels,
    taints: config.taints,
    rootFolder: join(config.dataFolder, "kubelet"),
    podLogsFolder: join(config.dataFolder, "pod-logs"),
    cgroupRoot: `/${config.cgroupParent}`,
    resolvConf,
    ...(config.host && { host: config.host }),
  };
}

/** The machine's own name servers answer what is not the cluster's, where nodes may reach them. */
async function dnsForward({ egress }: AgentProcessConfig): Promise<Pick<NodeDeps, "dnsForward">> {
  if (egress !== "nat") return {};
  const nameServers = nameServersOf(await readFile(resolvConf, "utf8").catch(() => ""));
  if (nameServers.length === 0) return {};
  return { dnsForward: createForward({ exchangeDatagram, exchangeStream }, nameServers) };
}

/** The program beside this one. */
function imageFetcher(): readonly string[] {
  const entry = join(dirname(fileURLToPath(import.meta.url)), "image-fetcher.js");
  return [process.execPath, "--use-system-ca", entry];
}
