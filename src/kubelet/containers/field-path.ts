import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { quantityMilliValue, quantityValue } from "#wire/quantity.ts";

const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** The value of a downward API field of a pod; undefined when the path names none. */
export function podField(pod: Pod, path: string, hostIps: readonly string[]): string | undefined {
  const match = keyed.exec(path);
  if (match !== null) return pod.metadata[match[1] as "labels" | "annotations"]?.[match[2]!] ?? "";
  switch (path) {
    case "metadata.name":
      return pod.metadata.name ?? "";
    case "metadata.namespace":
      return pod.metadata.namespace ?? "";
    case "metadata.uid":
      return pod.metadata.uid ?? "";
    case "metadata.labels":
      return formatMap(pod.metadata.labels);
    case "metadata.annotations":
      return formatMap(pod.metadata.annotations);
    case "spec.nodeName":
      return pod.spec.nodeName ?? "";
    case "spec.serviceAccountName":
      return pod.spec.serviceAccountName ?? "";
    case "status.hostIP":
      return hostIps[0] ?? "";
    case "status.hostIPs":
      return hostIps.join(",");
    case "status.podIP":
      return pod.status?.podIP ?? "";
    case "status.podIPs":
      return (pod.status?.podIPs ?? []).map(({ ip }) => ip).join(",");
    default:
      return undefined;
  }
}

/** `key="value"` lines, sorted, values quoted as Go quotes them. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");
}

/** What a container may use of a node where it sets no limit itself. */
export type NodeAllocatable = Readonly<Record<string, string>>;

/** `limits.cpu` and the like in units of `divisor`, rounded up. Throws for a resource that it does not know. */
export function resourceField(
  container: Container,
  resource: string,
  divisor: string | undefined,
  allocatable: NodeAllocatable,
): string {
  const [kind, name = ""] = splitOnce(resource);
  const own =
    kind === "limits" ? container.resources?.limits : kind === "requests" ? container.resources?.requests : undefined;
  if (own === undefined && kind !== "limits" && kind !== "requests")
    throw new Error(`unsupported container resource : ${resource}`);
  const quantity = own?.[name] ?? (kind === "limits" ? allocatable[name] : undefined) ?? "0";
  const unit = divisor === undefined || divisor === "" || divisor === "0" ? "1" : divisor;
  if (name === "cpu") return String(Math.ceil(quantityMilliValue(quantity) / quantityMilliValue(unit)));
  return String(Math.ceil(quantityValue(quantity) / quantityValue(unit)));
}

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text, ""] : [text.slice(0, dot), text.slice(dot + 1)];
}
