import { type Pod, pods } from "#api/core/v1/pod.ts";
import type { InformerFactory } from "#client/informer.ts";
import type { HostPort } from "#proxy/host-ports.ts";
import type { KubeProxy } from "#proxy/kube-proxy.ts";

/** Tells kube-proxy which ports of the node lead to its pods: kube-proxy itself may not read pods. */
export function followHostPorts(informers: InformerFactory, nodeName: string, proxy: KubeProxy): void {
  const informer = informers.informer(pods, { fieldSelector: `spec.nodeName=${nodeName}` });
  let told = "[]";
  informer.addHandler(() => {
    const ports = informer.list().flatMap(hostPortsOf);
    const text = JSON.stringify(ports);
    if (text === told) return;
    told = text;
    proxy.setHostPorts(ports);
  });
}

/** The node's ports that a running pod asks for; one in the node's own network has them without any rule. */
function hostPortsOf(pod: Pod): readonly HostPort[] {
  const podIp = pod.status?.podIP;
  if (!podIp || pod.spec.hostNetwork || pod.status?.phase !== "Running") return [];
  return pod.spec.containers.flatMap(container =>
    (container.ports ?? []).flatMap(({ hostPort, containerPort, protocol }) =>
      hostPort && protocol !== "SCTP" ? [{ hostPort, podIp, containerPort, protocol: protocol ?? "TCP" }] : [],
    ),
  );
}
