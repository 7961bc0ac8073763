import { expect, test } from "vitest";
import type { Container } from "./container.ts";
import type { PodSpec } from "./pod-spec.ts";
import { podWarnings } from "./pod-warnings.ts";

const container = (more: Partial<Container> = {}): Container => ({ name: "c", image: "i", ...more });

const warningsOf = (spec: Partial<PodSpec>, annotations: Record<string, string> = {}): string[] =>
  podWarnings({ metadata: { annotations }, spec: { containers: [container()], ...spec } }, "");

test("an ordinary pod warns of nothing", () => {
  expect(warningsOf({ hostAliases: [{ ip: "10.0.0.1" }], terminationGracePeriodSeconds: 0 })).toEqual([]);
});

test("old names of nodes' labels", () => {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: "beta.kubernetes.io/arch", operator: "Exists" as const }] }];
  expect(
    warningsOf({
      nodeSelector: { "beta.kubernetes.io/os": "linux" },
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    }),
  ).toEqual([
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: " +
      'beta.kubernetes.io/arch is deprecated since v1.14; use "kubernetes.io/arch" instead',
  ]);
});

test("selectors that select nothing", () => {
  expect(
    warningsOf({
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" }],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone" }],
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: "zone" } }],
        },
      },
    }),
  ).toEqual(
    [
      "spec.topologySpreadConstraints[0].labelSelector",
      "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector",
      "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector",
    ].map(path => `${path}: a null labelSelector results in matching no pod`),
  );
});

test("what is no longer read, where no field says the same", () => {
  const annotations = {
    "scheduler.alpha.kubernetes.io/critical-pod": "",
    "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
    "container.seccomp.security.alpha.kubernetes.io/c": "runtime/default",
    "container.apparmor.security.beta.kubernetes.io/c": "unconfined",
  };
  expect(warningsOf({ volumes: [{ name: "v", gitRepo: { repository: "r" } }] }, annotations)).toEqual([
    'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
    "spec.volumes[0].gitRepo: deprecated in v1.11",
    'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    'metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional in v1.27+; use the "seccompProfile" field instead',
    'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
  ]);
  const securityContext = {
    seccompProfile: { type: "RuntimeDefault" },
    appArmorProfile: { type: "Unconfined" },
  } as const;
  const { "scheduler.alpha.kubernetes.io/critical-pod": _, ...profiles } = annotations;
  expect(warningsOf({ securityContext, containers: [container({ securityContext })] }, profiles)).toEqual([]);
});

test("what is said twice, or in parts", () => {
  expect(
    warningsOf({
      hostAliases: [{ ip: "10.0.0.1" }, { ip: "10.0.0.1" }],
      imagePullSecrets: [{ name: "" }],
      terminationGracePeriodSeconds: -1,
      containers: [container({ resources: { requests: { memory: "100m", cpu: "100m" } } })],
    }),
  ).toEqual([
    'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
    'spec.imagePullSecrets[0].name: invalid empty name ""',
    'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
    "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
  ]);
});

test("a variable that hides another; one that extends it does not", () => {
  const env = ["a", "$(P):b", "c", "$(P)"].map(value => ({ name: "P", value }));
  const text = 'hides previous definition of "P", which may be dropped when using apply';
  expect(warningsOf({ containers: [container({ env })] })).toEqual([
    `spec.containers[0].env[2]: ${text}`,
    `spec.containers[0].env[3]: ${text}`,
  ]);
});

test("ports that stand twice, through all containers", () => {
  const port = (hostPort: number, hostIP = "", protocol: "TCP" | "UDP" = "TCP") => ({
    containerPort: 80,
    protocol,
    ...(hostPort && { hostPort }),
    ...(hostIP && { hostIP }),
  });
  expect(
    warningsOf({
      initContainers: [container({ name: "i", ports: [port(0)] })],
      containers: [container({ ports: [port(0), port(0, "", "UDP"), port(1), port(1, "10.0.0.1")] })],
    }),
  ).toEqual([
    "spec.containers[0].ports[0]: duplicate port definition with spec.initContainers[0].ports[0]",
    "spec.containers[0].ports[2]: overlapping port definition with spec.initContainers[0].ports[0]",
    "spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]",
    "spec.containers[0].ports[3]: overlapping port definition with spec.initContainers[0].ports[0]",
    "spec.containers[0].ports[3]: overlapping port definition with spec.containers[0].ports[0]",
    "spec.containers[0].ports[3]: dangerously ambiguous port definition with spec.containers[0].ports[2]",
  ]);
  expect(warningsOf({ containers: [container({ ports: [port(0, "10.0.0.1")] })] })).toEqual([
    "spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}",
  ]);
});
