import protobuf from "protobufjs";
import descriptor from "../protocol/cri-v1.json" with { type: "json" };

const declared = descriptor.nested.runtime.nested.v1.nested;

/**
 * CRI v1 as protobufjs knows it from its descriptor. protobufjs writes the functions of a message and compiles them when the
 * message first comes, which a pod's first start would wait for: the bundle has in this file's place one with the same
 * exports and those functions written ahead (tools/cri-schema.ts).
 */
export const root = loadRoot();

/** The functions of one message of `runtime.v1`. */
export interface MessageType {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  fromObject(plain: object): object;
  toObject(message: object, options: protobuf.IConversionOptions): Record<string, unknown>;
}

export interface ServiceMethod {
  readonly requestType: string;
  readonly responseType: string;
  readonly responseStream?: boolean;
}

export function messageType(name: string): MessageType {
  return root.lookupType(`runtime.v1.${name}`);
}

/** The methods of both services, by their names in upstream's `api.proto`. */
export const services: Readonly<Record<"RuntimeService" | "ImageService", Readonly<Record<string, ServiceMethod>>>> = {
  RuntimeService: declared.RuntimeService.methods,
  ImageService: declared.ImageService.methods,
};

interface DescriptorType {
  fields?: Record<string, object>;
  values?: Record<string, number>;
}

/**
 * The descriptor has the wire's field names (`pod_sandbox_id`); ours are camelCase, as in protobuf's JSON form. It has an
 * enum's values by name; protobufjs takes the first one for what an absent field means, which is the value 0.
 */
function loadRoot(): protobuf.Root {
  const renamed = structuredClone(descriptor);
  for (const type of Object.values(renamed.nested.runtime.nested.v1.nested as Record<string, DescriptorType>)) {
    const { fields, values } = type;
    if (fields) type.fields = Object.fromEntries(Object.entries(fields).map(([name, at]) => [camelCase(name), at]));
    if (values) type.values = Object.fromEntries(Object.entries(values).sort(([, a], [, b]) => a - b));
  }
  const loaded = protobuf.Root.fromJSON(renamed as protobuf.INamespace);
  loaded.resolveAll();
  return loaded;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
