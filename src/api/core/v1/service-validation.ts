import { jsonEqual } from "#base/json-equal.ts";
import { isIP } from "#wire/ip.ts";
import { dns1123LabelErrors, dns1123SubdomainErrors, portNameErrors } from "#wire/names.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../../field-error.ts";
import { validateLabels } from "../../meta/v1/object-meta-validation.ts";
import { allInvalid, validateIp, validatePort, validatePortNumberOrName } from "../../validation.ts";
import type { Service, ServicePort, ServiceSpec } from "./service.ts";
import { isExternallyAccessible } from "./service-defaults.ts";

export function validateService(service: Service, old: Service | undefined): FieldError[] {
  const { spec } = service;
  return [
    ...typeErrors(spec),
    ...portsErrors(spec),
    ...validateLabels(spec.selector, "spec.selector"),
    ...affinityErrors(spec),
    ...addressErrors(spec),
    ...trafficPolicyErrors(spec),
    ...(old ? changeErrors(service, old) : []),
  ];
}

export function validateServiceStatus({ status }: Service): FieldError[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => [
    ...(ip ? validateIp(`status.loadBalancer.ingress[${index}].ip`, ip) : []),
    ...(hostname
      ? allInvalid(`status.loadBalancer.ingress[${index}].hostname`, hostname, dns1123SubdomainErrors(hostname))
      : []),
  ]);
}

function isHeadless({ clusterIP, clusterIPs }: ServiceSpec): boolean {
  return (clusterIPs?.[0] ?? clusterIP) === "None";
}

function typeErrors(spec: ServiceSpec): FieldError[] {
  switch (spec.type) {
    case "ExternalName":
      return externalNameErrors(spec);
    case "LoadBalancer":
      if (!isHeadless(spec)) return [];
      return [invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services")];
    case "NodePort":
      if (!isHeadless(spec)) return [];
      return [invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for NodePort services")];
    default:
      return [];
  }
}

function externalNameErrors({ externalName, clusterIP, clusterIPs }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (clusterIPs?.length || clusterIP) {
    errors.push(forbidden("spec.clusterIPs", "may not be set for ExternalName services"));
  }
  const name = (externalName ?? "").replace(/\.$/, "");
  if (name === "") errors.push(required("spec.externalName"));
  else errors.push(...allInvalid("spec.externalName", name, dns1123SubdomainErrors(name)));
  return errors;
}

function portsErrors(spec: ServiceSpec): FieldError[] {
  const ports = spec.ports ?? [];
  if (ports.length === 0) {
    return isHeadless(spec) || spec.type === "ExternalName" ? [] : [required("spec.ports")];
  }
  const errors = ports.flatMap((port, index) => portErrors(port, `spec.ports[${index}]`, ports.length > 1));
  return [...errors, ...clashes(ports, spec)];
}

function portErrors(port: ServicePort, path: string, nameRequired: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.name) {
    if (nameRequired) errors.push(required(`${path}.name`));
  } else errors.push(...allInvalid(`${path}.name`, port.name, dns1123LabelErrors(port.name)));
  errors.push(...validatePort(`${path}.port`, port.port));
  if (!port.protocol) errors.push(required(`${path}.protocol`));
  if (port.targetPort !== undefined) errors.push(...targetPortErrors(`${path}.targetPort`, port.targetPort));
  return errors;
}

function targetPortErrors(path: string, port: number | string): FieldError[] {
  return typeof port === "string" ? allInvalid(path, port, portNameErrors(port)) : validatePortNumberOrName(path, port);
}

/** Names, port numbers and node ports may each stand once. */
function clashes(ports: readonly ServicePort[], spec: ServiceSpec): FieldError[] {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  return ports.flatMap(({ name, protocol = "TCP", port, nodePort }, index) => {
    const path = `spec.ports[${index}]`;
    const errors: FieldError[] = [];
    if (name && names.has(name)) errors.push(duplicate(`${path}.name`, name));
    if (name) names.add(name);
    if (nodePort && spec.type === "ClusterIP") {
      errors.push(forbidden(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
    const node = `${protocol}/${nodePort}`;
    if (nodePort && nodePorts.has(node)) errors.push(duplicate(`${path}.nodePort`, nodePort));
    nodePorts.add(node);
    const number = `${protocol}/${port}`;
    if (numbers.has(number)) errors.push(duplicate(path, { protocol, port }));
    numbers.add(number);
    return errors;
  });
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  if (!sessionAffinity) return [required("spec.sessionAffinity")];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  const path = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
  if (sessionAffinity !== "ClientIP") return [];
  if (seconds === undefined) return [required(path)];
  if (seconds > 0 && seconds <= 86400) return [];
  return [invalid(path, seconds, "must be greater than 0 and less than 86400")];
}

function addressErrors({ clusterIPs = [], externalIPs = [] }: ServiceSpec): FieldError[] {
  const errors = clusterIPs.flatMap((ip, index) => {
    if (ip === "None" || ip === "" || isIP(ip)) return [];
    return validateIp(`spec.clusterIPs[${index}]`, ip);
  });
  for (const [index, ip] of externalIPs.entries()) {
    errors.push(...validateIp(`spec.externalIPs[${index}]`, ip));
    if (/^(127\.|169\.254\.|0\.0\.0\.0$|::1?$)/.test(ip)) {
      errors.push(
        invalid(`spec.externalIPs[${index}]`, ip, "may not be in the loopback, link-local or unspecified range"),
      );
    }
  }
  return errors;
}

function trafficPolicyErrors(spec: ServiceSpec): FieldError[] {
  if (isExternallyAccessible(spec)) return spec.externalTrafficPolicy ? [] : [required("spec.externalTrafficPolicy")];
  if (!spec.externalTrafficPolicy) return [];
  const text = "may only be set for externally-accessible services";
  return [invalid("spec.externalTrafficPolicy", spec.externalTrafficPolicy, text)];
}

/** The primary address, once given, stays as long as the service has one. */
function changeErrors({ spec }: Service, { spec: old }: Service): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName" || !old.clusterIPs?.length) return [];
  const [now, before] = [spec.clusterIPs ?? [], old.clusterIPs];
  if (!jsonEqual(now[0], before[0])) return [invalid("spec.clusterIPs[0]", now, "may not change once set")];
  return [];
}
