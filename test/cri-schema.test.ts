import { createRequire } from "node:module";
import { build } from "esbuild";
import protobuf from "protobufjs";
import { beforeAll, expect, test } from "vitest";
import * as schema from "#cri/grpc/schema.ts";
import { criSchemaCode } from "../tools/cri-schema.ts";

/** What the bundle has in the place of src/cri/grpc/schema.ts does what that does. */

let ahead: Pick<typeof schema, "messageType" | "services">;
const messages = typesIn(schema.root);
const options = { longs: Number, enums: String, defaults: true, arrays: true, objects: true } as const;

beforeAll(async () => {
  const stdin = { contents: criSchemaCode(), resolveDir: import.meta.dirname };
  const { outputFiles } = await build({ stdin, bundle: true, platform: "node", format: "cjs", write: false });
  const module = { exports: {} };
  new Function("module", "require", outputFiles[0]!.text)(module, createRequire(import.meta.url));
  ahead = module.exports as typeof ahead;
});

test("the methods are the same", () => {
  expect(ahead.services).toEqual(schema.services);
});

test.each(messages.map(type => type.fullName.slice(".runtime.v1.".length)))("%s has the same bytes both ways", name => {
  const [made, written] = [schema.messageType(name), ahead.messageType(name)];
  for (const plain of [{}, sample(messages.find(type => type.fullName.endsWith(`.v1.${name}`))!, 4)]) {
    const bytes = Buffer.from(made.encode(made.fromObject(plain)).finish());
    expect(Buffer.from(written.encode(written.fromObject(plain)).finish())).toEqual(bytes);
    expect(written.toObject(written.decode(bytes), options)).toEqual(made.toObject(made.decode(bytes), options));
  }
});

function typesIn(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap(each => [
    ...(each instanceof protobuf.Type ? [each] : []),
    ...(each instanceof protobuf.Namespace ? typesIn(each) : []),
  ]);
}

/** A message with every field set; messages in it down to a depth. */
function sample(type: protobuf.Type, depth: number): Record<string, unknown> {
  const fields = type.fieldsArray.filter(
    field => !(field.resolve().resolvedType instanceof protobuf.Type) || depth > 0,
  );
  return Object.fromEntries(fields.map(field => [field.name, manyOf(field, sampleOf(field, depth))]));
}

function manyOf(field: protobuf.Field, value: unknown): unknown {
  if (field instanceof protobuf.MapField) return { first: value, second: value };
  return field.repeated ? [value, value] : value;
}

function sampleOf({ resolvedType, type }: protobuf.Field, depth: number): unknown {
  if (resolvedType instanceof protobuf.Type) return sample(resolvedType, depth - 1);
  if (resolvedType instanceof protobuf.Enum) return Object.keys(resolvedType.values).at(-1);
  if (type === "bytes") return Buffer.from([1, 2, 3]);
  if (type === "bool") return true;
  return type === "string" ? "text" : type.endsWith("64") ? 5_000_000_000 : 77;
}
