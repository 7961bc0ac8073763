import { describe, expect, test } from "vitest";
import { codecOf } from "#api/codec/codec.ts";
import { deepFreeze } from "#api/codec/freeze.ts";
import { fieldErrorText } from "#api/field-error.ts";
import type { Mutable } from "#api/resource.ts";
import { validateCreate, validateUpdate } from "#api/validate.ts";
import { type Pod, pods } from "./pod.ts";
import { podRequests } from "./pod-requests.ts";
import { computeQosClass } from "./qos.ts";

const now = Date.parse("2026-01-01T01:00:00Z");

function podOf(value: object): Mutable<Pod> {
  return codecOf(pods).decodeValue(value).object as Mutable<Pod>;
}

function defaulted(value: object): Mutable<Pod> {
  const pod = podOf(value);
  codecOf(pods).applyDefaults(pod as Pod);
  return pod;
}

const metadata = { name: "web", namespace: "default" };
const container = { name: "c", image: "nginx" };

test("defaults of a pod", () => {
  const pod = defaulted({
    metadata,
    spec: {
      containers: [
        {
          ...container,
          ports: [{ containerPort: 80 }],
          resources: { limits: { cpu: "1", memory: "0.0005" } },
          livenessProbe: { httpGet: { port: 80 } },
        },
        { name: "d", image: "a.io:5000/b:1.2" },
      ],
      volumes: [{ name: "tmp" }, { name: "conf", configMap: { name: "x" } }],
    },
  });
  expect(codecOf(pods).toValue(pod as Pod)["spec"]).toEqual({
    volumes: [
      { name: "tmp", emptyDir: {} },
      { name: "conf", configMap: { name: "x", defaultMode: 420 } },
    ],
    containers: [
      {
        name: "c",
        image: "nginx",
        ports: [{ containerPort: 80, protocol: "TCP" }],
        resources: { limits: { cpu: "1", memory: "1m" }, requests: { cpu: "1", memory: "1m" } },
        resizePolicy: [
          { resourceName: "cpu", restartPolicy: "NotRequired" },
          { resourceName: "memory", restartPolicy: "NotRequired" },
        ],
        livenessProbe: {
          httpGet: { path: "/", port: 80, scheme: "HTTP" },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "Always",
      },
      {
        name: "d",
        image: "a.io:5000/b:1.2",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
      },
    ],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    enableServiceLinks: true,
  });
});

test("defaults touch nothing that is complete: it may be frozen", () => {
  const pod = defaulted({
    metadata,
    spec: { containers: [{ ...container, resources: { limits: { cpu: "1" } } }], serviceAccountName: "a" },
  });
  deepFreeze(pod);
  expect(() => codecOf(pods).applyDefaults(pod as Pod)).not.toThrow();
});

describe("validation", () => {
  const errorsOf = (spec: object) => validateCreate(pods, defaulted({ metadata, spec }) as Pod).map(fieldErrorText);

  test("a sound pod", () => expect(errorsOf({ containers: [container] })).toEqual([]));

  test.each<[object, string[]]>([
    [{}, ["spec.containers: Required value"]],
    [{ containers: [{ name: "c" }] }, ["spec.containers[0].image: Required value"]],
    [
      { containers: [container, container], restartPolicy: "Sometimes" },
      [
        'spec.containers[1].name: Duplicate value: "c"',
        'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
      ],
    ],
    [
      { containers: [{ ...container, volumeMounts: [{ name: "x", mountPath: "/a" }] }] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "x"'],
    ],
    [
      { containers: [{ ...container, ports: [{ containerPort: 70000 }] }] },
      ["spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ],
    [
      { containers: [{ ...container, resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } }] },
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      { containers: [{ ...container, livenessProbe: { successThreshold: 2 } }] },
      [
        "spec.containers[0].livenessProbe: Required value: must specify a handler type",
        "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
      ],
    ],
    [
      { containers: [{ ...container, env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "" } } }] }] },
      ["spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value"],
    ],
    [
      { containers: [container], tolerations: [{ key: "a", operator: "Exists", value: "b", effect: "NoExecute" }] },
      [
        'spec.tolerations[0].operator: Invalid value: {"key":"a","operator":"Exists","value":"b","effect":"NoExecute"}: value must be empty when `operator` is \'Exists\'',
      ],
    ],
    [
      { containers: [container], volumes: [{ name: "v", emptyDir: {}, secret: { secretName: "s" } }] },
      ["spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type"],
    ],
  ])("%j", (spec, expected) => expect(errorsOf(spec)).toEqual(expected));

  test("names are looked at wherever they stand", () => {
    const env = [
      { name: "A", valueFrom: { resourceFieldRef: { resource: "limits.gpu" } } },
      { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
      { name: "C", valueFrom: { fieldRef: { fieldPath: "metadata.annotations['Example.com/A']" } } },
      { name: "D", valueFrom: { resourceFieldRef: { resource: "requests.memory" } } },
    ];
    const errors = errorsOf({
      containers: [{ ...container, env, envFrom: [{ configMapRef: { name: "A" } }] }],
      initContainers: [{ name: "i", image: "i", restartPolicy: "Sometimes" }],
      securityContext: { sysctls: ["kernel.a", "kernel.a", "net/b", "a b"].map(name => ({ name, value: "1" })) },
      dnsConfig: { searches: [".", "_tcp.example.com.", "a..b"] },
    });
    expect(errors.map(error => error.replace(/ \(e\.g\. .*/, ""))).toEqual([
      'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: ' +
        '"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
      "spec.containers[0].env[1].valueFrom.fieldRef: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      "spec.containers[0].envFrom[0].configMapRef.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      'spec.initContainers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
      'spec.securityContext.sysctls[1].name: Duplicate value: "kernel.a"',
      'spec.securityContext.sysctls[3].name: Invalid value: "a b": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      "spec.dnsConfig.searches[2]: Invalid value: \"a..b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
    ]);
  });

  test("a term of affinity names its topology and its namespaces; an operator is refused once", () => {
    const nodeSelectorTerms = [{ matchExpressions: [{ key: "a", operator: "Like" }] }];
    const errors = errorsOf({
      containers: [container],
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "", namespaces: ["a.b"] }] },
      },
    });
    const node = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]";
    const term = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]";
    expect(errors.map(error => error.replace(/ \(e\.g\. .*/, ""))).toEqual([
      `${node}.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator`,
      `${term}.namespace: Invalid value: "a.b": must not contain dots`,
      `${term}.topologyKey: Required value: can not be empty`,
      `${term}.topologyKey: Invalid value: "": name part must be non-empty`,
      `${term}.topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
    ]);
  });

  test("of a pod that exists the image may change, the command may not", () => {
    const stored = { ...metadata, resourceVersion: "1", uid: "u" };
    const old = defaulted({ metadata: stored, spec: { containers: [container] } }) as Pod;
    const image = defaulted({
      metadata: stored,
      spec: { containers: [{ ...container, image: "other", imagePullPolicy: "Always" }] },
    });
    expect(validateUpdate(pods, image as Pod, old)).toEqual([]);
    const command = defaulted({ metadata: stored, spec: { containers: [{ ...container, command: ["x"] }] } });
    const [error] = validateUpdate(pods, command as Pod, old);
    expect(error).toMatchObject({ type: "Forbidden", field: "spec" });
    expect(error!.detail).toMatch(/^pod updates may not change fields other than `spec.containers\[\*\].image`/);
  });
});

describe("columns", () => {
  const cells = (value: object) =>
    pods.columns.slice(0, 4).map(column => column.value(podOf({ metadata, ...value }) as Pod, { now }));
  const two = { containers: [container, { name: "d", image: "x" }] };
  const running = { name: "c", ready: true, restartCount: 0, state: { running: {} } };

  test.each<[string, object, unknown[]]>([
    [
      "running",
      { spec: two, status: { phase: "Running", containerStatuses: [running] } },
      ["1/2", "Running", "0", "<unknown>"],
    ],
    [
      "crashing",
      {
        spec: { containers: [container] },
        status: {
          phase: "Running",
          containerStatuses: [
            {
              ...running,
              ready: false,
              restartCount: 3,
              state: { waiting: { reason: "CrashLoopBackOff" } },
              lastState: { terminated: { exitCode: 1, finishedAt: "2026-01-01T00:55:00Z" } },
            },
          ],
        },
      },
      ["0/1", "CrashLoopBackOff", "3 (5m ago)", "<unknown>"],
    ],
    [
      "initializing",
      {
        spec: { ...two, initContainers: [{ name: "i" }, { name: "j" }] },
        status: {
          phase: "Pending",
          initContainerStatuses: [
            { name: "i", state: { terminated: { exitCode: 0 } } },
            { name: "j", state: { running: {} } },
          ],
        },
      },
      ["0/2", "Init:1/2", "0", "<unknown>"],
    ],
    [
      "with a sidecar",
      {
        spec: { containers: [container], initContainers: [{ name: "i", restartPolicy: "Always" }] },
        status: {
          phase: "Running",
          initContainerStatuses: [{ name: "i", started: true, ready: true, restartCount: 2, state: { running: {} } }],
          containerStatuses: [running],
        },
      },
      ["2/2", "Running", "2", "<unknown>"],
    ],
    [
      "completed",
      {
        spec: { containers: [container] },
        status: {
          phase: "Succeeded",
          containerStatuses: [
            { ...running, ready: false, state: { terminated: { exitCode: 0, reason: "Completed" } } },
          ],
        },
      },
      ["0/1", "Completed", "0", "<unknown>"],
    ],
    [
      "going",
      {
        metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:59:00Z", creationTimestamp: "2026-01-01T00:00:00Z" },
        spec: { containers: [container] },
        status: { phase: "Running", containerStatuses: [running] },
      },
      ["1/1", "Terminating", "0", "60m"],
    ],
  ])("%s", (_, value, expected) => expect(cells(value)).toEqual(expected));
});

test("effective requests: sidecars count beside containers and beside later init containers", () => {
  const { spec } = podOf({
    spec: {
      initContainers: [
        { name: "side", restartPolicy: "Always", resources: { requests: { cpu: "100m" } } },
        { name: "init", resources: { requests: { cpu: "1" } } },
      ],
      containers: [{ name: "c", resources: { requests: { cpu: "500m", memory: "64Mi" } } }],
      overhead: { memory: "10Mi" },
    },
  });
  expect(podRequests({ spec })).toEqual({ cpu: "1100m", memory: "74Mi" });
});

test("quality of service", () => {
  const both = { cpu: "1", memory: "1Gi" };
  const qos = (...resources: object[]) =>
    computeQosClass(
      (podOf({ spec: { containers: resources.map(resources => ({ name: "c", resources })) } }) as Pod).spec,
    );
  expect(qos({})).toBe("BestEffort");
  expect(qos({ limits: both, requests: both })).toBe("Guaranteed");
  expect(qos({ limits: both, requests: { ...both, cpu: "500m" } })).toBe("Burstable");
  expect(qos({ limits: both, requests: both }, {})).toBe("Burstable");
});

test("a pod has one spread constraint of a topology key and what to do without", () => {
  const spread = (topologyKey: string, whenUnsatisfiable: string) => ({ maxSkew: 1, topologyKey, whenUnsatisfiable });
  const pod = defaulted({
    metadata,
    spec: {
      containers: [container],
      topologySpreadConstraints: [
        spread("zone", "DoNotSchedule"),
        spread("zone", "ScheduleAnyway"),
        spread("rack", "DoNotSchedule"),
        spread("zone", "DoNotSchedule"),
      ],
    },
  });
  expect(validateCreate(pods, pod).map(fieldErrorText)).toEqual([
    'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
  ]);
});

describe("label keys", () => {
  const labels = { app: "web", hash: "abc" };
  const labelSelector = { matchLabels: { app: "web" } };
  const zone = { topologyKey: "zone" };
  const created = (labelled: object, spec: object) => {
    const pod = defaulted({ metadata: { ...metadata, labels: labelled }, spec: { containers: [container], ...spec } });
    pods.prepareForCreate?.(pod);
    return pod;
  };

  test("become requirements of the selectors beside them, with the values of the pod", () => {
    const spread = { ...zone, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", labelSelector };
    const exists = { key: "tier", operator: "Exists" };
    const pod = created(labels, {
      topologySpreadConstraints: [{ ...spread, matchLabelKeys: ["hash", "absent"] }],
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { ...zone, labelSelector: {}, matchLabelKeys: ["app"] } },
          ],
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { ...zone, labelSelector: { matchExpressions: [exists] }, mismatchLabelKeys: ["hash"] },
            zone,
          ],
        },
      },
    });
    const { podAffinity, podAntiAffinity } = pod.spec.affinity!;
    expect([
      pod.spec.topologySpreadConstraints![0]!.labelSelector,
      podAffinity!.preferredDuringSchedulingIgnoredDuringExecution![0]!.podAffinityTerm.labelSelector,
      ...podAntiAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.map(term => term.labelSelector),
    ]).toEqual([
      { matchLabels: { app: "web" }, matchExpressions: [{ key: "hash", operator: "In", values: ["abc"] }] },
      { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] },
      { matchExpressions: [exists, { key: "hash", operator: "NotIn", values: ["abc"] }] },
      undefined,
    ]);
    expect(validateCreate(pods, pod)).toEqual([]);
    pods.prepareForCreate?.(pod);
    const again = validateCreate(pods, pod).map(({ field }) => field);
    expect(again, "a copy of what the server made").toContain("spec.topologySpreadConstraints[0][0]");
  });

  const constraint = "spec.topologySpreadConstraints[0]";
  const term = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]";
  test.each<[string, object, string[]]>([
    ["a selector", { labelSelector, matchLabelKeys: ["hash", "absent", "toString"] }, []],
    [
      "no selector",
      { matchLabelKeys: ["hash"] },
      ["AT.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"],
    ],
    [
      "a selector with that label",
      { labelSelector, matchLabelKeys: ["hash", "app"] },
      ['AT[1]: Invalid value: "app": exists in both matchLabelKeys and labelSelector'],
    ],
    [
      "a selector with that label, which the pod does not have",
      { labelSelector: { matchLabels: { absent: "x" } }, matchLabelKeys: ["absent"] },
      [],
    ],
    [
      "no name of a label",
      { labelSelector, matchLabelKeys: ["/x"] },
      [expect.stringContaining("AT.matchLabelKeys[0]: Inv")],
    ],
  ])("%s", (_name, keys, expected) => {
    const spread = created(labels, {
      topologySpreadConstraints: [{ ...zone, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", ...keys }],
    });
    const near = created(labels, {
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...zone, ...keys }] } },
    });
    const textsOf = (pod: Mutable<Pod>, at: string) =>
      validateCreate(pods, pod).map(error => fieldErrorText(error).replace(at, "AT"));
    expect(textsOf(spread, constraint)).toEqual(expected);
    expect(textsOf(near, term)).toEqual(expected);
  });

  test("may not stand for both", () => {
    const both = { ...zone, labelSelector: {}, matchLabelKeys: ["hash"], mismatchLabelKeys: ["hash"] };
    const pod = created(labels, {
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [both] } },
    });
    expect(validateCreate(pods, pod).map(fieldErrorText)).toEqual([
      `${term}[0]: Invalid value: "hash": exists in both matchLabelKeys and labelSelector`,
      `${term}.matchLabelKeys[0]: Invalid value: "hash": exists in both matchLabelKeys and mismatchLabelKeys`,
    ]);
  });
});
