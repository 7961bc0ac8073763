import { describe, expect, test } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { DecodeError } from "#api/codec.ts";
import { configMaps } from "#api/core/v1/config-map.ts";
import { pods } from "#api/core/v1/pod.ts";
import { services } from "#api/core/v1/service.ts";
import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import type { TypeDefinition } from "#api/resource.ts";
import { codecOf } from "./codec.ts";

const decode = <T>(definition: TypeDefinition<T>, json: string) =>
  codecOf(definition).decodeJson(new TextEncoder().encode(json));

function failure(definition: TypeDefinition, json: string): string {
  try {
    decode(definition, json);
  } catch (error) {
    if (error instanceof DecodeError) return `${error.problem}: ${error.message}`;
    throw error;
  }
  return "no failure";
}

const asType = (definition: unknown) => definition as TypeDefinition;

describe("what is written", () => {
  test("values of structs are always there, pointers only when set", () => {
    const { object } = decode(pods, '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}');
    expect(codecOf(pods).encodeJson(object)).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":null},"status":{}}',
    );
  });

  test("a required list that was empty is not null", () => {
    const { object } = decode(clusterRoles, '{"metadata":{"name":"a"},"rules":[]}');
    expect(codecOf(clusterRoles).encodeJson(object, { typeMeta: false })).toBe('{"metadata":{"name":"a"},"rules":[]}');
  });

  test("quantities and times are canonical, maps sorted, zero values of omitempty fields left out", () => {
    const { object } = decode(
      pods,
      `{"metadata":{"labels":{"b":"2","a":"1"},"creationTimestamp":"2026-01-02T03:04:05.678+01:00"},"spec":{"hostNetwork":false,
        "nodeName":"","containers":[{"name":"c","resources":{"limits":{"memory":"1024Mi","cpu":0.5}}}]}}`,
    );
    expect(codecOf(pods).encodeJson(object, { typeMeta: false })).toBe(
      '{"metadata":{"creationTimestamp":"2026-01-02T02:04:05Z","labels":{"a":"1","b":"2"}},' +
        '"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"500m","memory":"1Gi"}}}]},"status":{}}',
    );
  });

  test("a key named __proto__ is data", () => {
    const { object } = decode(configMaps, '{"data":{"__proto__":"x","a":"b"}}');
    expect(codecOf(configMaps).encodeJson(object, { typeMeta: false })).toBe(
      '{"metadata":{},"data":{"__proto__":"x","a":"b"}}',
    );
  });
});

describe("strictness", () => {
  test("unknown and duplicate fields are reported with their paths and not kept", () => {
    const { object, strictErrors } = decode(
      pods,
      '{"spec":{"containers":[{"name":"a","imagee":"b","ports":[{"containerPort":1,"nope":{"deep":1}}]}],"nodeName":"x","nodeName":"y"}}',
    );
    expect(strictErrors).toEqual([
      'unknown field "spec.containers[0].imagee"',
      'unknown field "spec.containers[0].ports[0].nope"',
      'duplicate field "spec.nodeName"',
    ]);
    expect(object.spec.nodeName).toBe("y");
  });

  test("a colon or a quote inside strings confuses nobody", () => {
    const json = JSON.stringify({ data: { a: 'x": {"b": 1}', b: "\\", c: `long ${'"\\'.repeat(20)}`, d: "{[:" } });
    const { object, strictErrors } = decode(configMaps, json);
    expect(strictErrors).toEqual([]);
    expect(object.data?.["a"]).toBe('x": {"b": 1}');
  });
});

describe("wrong types are worded as Go words them", () => {
  const cases: [TypeDefinition, string, string][] = [
    [
      asType(deployments),
      '{"spec":{"replicas":"2"}}',
      "type: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      asType(deployments),
      '{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"A","value":1}]}]}}}}',
      "type: json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
    ],
    [
      asType(deployments),
      '{"spec":{"replicas":1.5}}',
      "type: json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      asType(deployments),
      '{"spec":{"replicas":3000000000}}',
      "type: json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      asType(configMaps),
      '{"data":{"a":true}}',
      "type: json: cannot unmarshal bool into Go struct field ConfigMap.data of type string",
    ],
    [
      asType(pods),
      '{"spec":{"containers":{}}}',
      "type: json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
    ],
    [
      asType(pods),
      '{"spec":{"containers":[{"resources":{"limits":{"cpu":"x"}}}]}}',
      "type: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [asType(services), '{"apiVersion":', "syntax: unexpected end of JSON input"],
    [asType(services), '{"a":1,}', "syntax: invalid character '}' looking for beginning of object key string"],
    [asType(services), "{} x", "syntax: invalid character 'x' after top-level value"],
    [asType(services), '{"a":tru}', "syntax: invalid character '}' in literal true (expecting 'e')"],
  ];
  test.each(cases)("%#", (definition, json, message) => {
    expect(failure(definition, json)).toBe(message);
  });
});

test("defaults fill what is unset, inside lists too", () => {
  const { object } = decode(services, '{"spec":{"ports":[{"port":80},{"port":81,"protocol":"UDP"}]}}');
  codecOf(services).applyDefaults(object);
  expect(object.spec.ports?.map(port => port.protocol)).toEqual(["TCP", "UDP"]);
});

test("negative numbers and numbers beyond 32 bits survive protobuf", () => {
  const { object } = decode(
    pods,
    '{"metadata":{"generation":9007199254740991},"spec":{"containers":[],"priority":-5,"terminationGracePeriodSeconds":5000000000}}',
  );
  const again = codecOf(pods).decodeProtobuf(codecOf(pods).encodeProtobuf(object));
  expect(again.metadata.generation).toBe(9007199254740991);
  expect(again.spec.priority).toBe(-5);
  expect(again.spec.terminationGracePeriodSeconds).toBe(5000000000);
});

test("a truncated protobuf message is a decode error", () => {
  const bytes = codecOf(configMaps).encodeProtobuf(decode(configMaps, '{"metadata":{"name":"abc"}}').object);
  expect(() => codecOf(configMaps).decodeProtobuf(bytes.subarray(0, bytes.length - 1))).toThrow(DecodeError);
});
