import type { Service } from "#api/core/v1/service.ts";

/**
 * The variables by which containers find Services: those of their namespace (where the pod asks for links), and always
 * those of `default/kubernetes`.
 */
export function serviceEnvironment(
  services: readonly Service[],
  namespace: string,
  enableLinks: boolean,
): Map<string, string> {
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const { clusterIP } = service.spec;
    if (clusterIP === undefined || clusterIP === "" || clusterIP === "None") continue;
    const name = service.metadata.name ?? "";
    const isMaster = service.metadata.namespace === "default" && name === "kubernetes";
    if (service.metadata.namespace === namespace && (enableLinks || isMaster)) chosen.set(name, service);
    else if (isMaster && !chosen.has(name)) chosen.set(name, service);
  }
  const variables = new Map<string, string>();
  for (const service of chosen.values()) addService(variables, service);
  return variables;
}

function addService(variables: Map<string, string>, service: Service): void {
  const host = service.spec.clusterIP ?? "";
  const prefix = (service.metadata.name ?? "").toUpperCase().replaceAll("-", "_");
  const ports = service.spec.ports ?? [];
  variables.set(`${prefix}_SERVICE_HOST`, host);
  const [first] = ports;
  if (first === undefined) return;
  variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
  for (const port of ports) {
    if (port.name)
      variables.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll("-", "_")}`, String(port.port));
  }
  for (const [index, port] of ports.entries()) {
    const protocol = port.protocol ?? "TCP";
    const url = `${protocol.toLowerCase()}://${host}:${port.port}`;
    const stem = `${prefix}_PORT_${port.port}_${protocol}`;
    if (index === 0) variables.set(`${prefix}_PORT`, url);
    variables.set(stem, url);
    variables.set(`${stem}_PROTO`, protocol.toLowerCase());
    variables.set(`${stem}_PORT`, String(port.port));
    variables.set(`${stem}_ADDR`, host);
  }
}
