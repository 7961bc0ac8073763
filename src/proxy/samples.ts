import type { Service, ServicePort } from "#api/core/v1/service.ts";
import type { EndpointSlice } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";

/** Objects for the tests of this folder. */
export function service(spec: object, name = "web"): Service {
  const ports: readonly ServicePort[] = [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080 }];
  return { metadata: { name, namespace: "shop" }, spec: { clusterIP: "10.96.0.50", ports, ...spec } };
}

/** Endpoints as `10.244.1.2@n1 ready`; the other words are `notReady`, `ending`, `gone`. */
export function slice(
  endpoints: readonly string[],
  name = "web",
  ports: readonly object[] = [httpPort],
): EndpointSlice {
  return {
    metadata: { name: `${name}-1`, namespace: "shop", labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports,
    endpoints: endpoints.map(text => {
      const [address, state = "ready"] = text.split(" ");
      const [ip, nodeName] = address!.split("@");
      return { addresses: [ip!], nodeName, conditions: conditions[state]! };
    }),
  };
}

const httpPort = { name: "http", protocol: "TCP", port: 8080 };
const conditions: Readonly<Record<string, object>> = {
  ready: {},
  notReady: { ready: false, serving: false, terminating: false },
  ending: { ready: false, serving: true, terminating: true },
  gone: { ready: false, serving: false, terminating: true },
};
