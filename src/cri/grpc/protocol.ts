import protobuf from "protobufjs";
import descriptor from "../protocol/cri-v1.json" with { type: "json" };

/** One gRPC method of CRI v1, ready to be called or served. */
export interface CriMethod {
  /** As `services.ts` calls it: `runPodSandbox`. */
  readonly name: string;
  /** `/runtime.v1.RuntimeService/RunPodSandbox` */
  readonly path: string;
  readonly responseStream: boolean;
  readonly request: MessageForm;
  readonly response: MessageForm;
}

/** Translates one message type between its bytes and the plain objects of `protocol/messages.ts`. */
export interface MessageForm {
  encode(message: object): Buffer;
  decode(bytes: Uint8Array): object;
}

export type CriServiceName = "RuntimeService" | "ImageService";

const root = loadRoot();

/** Every method of one of the two services, as upstream's `api.proto` names them. */
export function methodsOf(serviceName: CriServiceName): CriMethod[] {
  const service = root.lookupService(`runtime.v1.${serviceName}`);
  return service.methodsArray.map(method => ({
    name: method.name[0]!.toLowerCase() + method.name.slice(1),
    path: `/runtime.v1.${serviceName}/${method.name}`,
    responseStream: method.responseStream === true,
    request: formOf(lastPart(method.requestType)),
    response: formOf(lastPart(method.responseType)),
  }));
}

/** The form of one message of `runtime.v1`. */
export function formOf(typeName: string): MessageForm {
  const type = root.lookupType(`runtime.v1.${typeName}`);
  return {
    encode: message => Buffer.from(type.encode(type.fromObject(message)).finish()),
    decode: bytes =>
      withoutNulls(
        type.toObject(type.decode(bytes), {
          longs: Number,
          enums: String,
          defaults: true,
          arrays: true,
          objects: true,
        }),
      ),
  };
}

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

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** An absent message is an absent field: protobufjs fills it with null. */
function withoutNulls(value: Record<string, unknown>): object {
  for (const [key, field] of Object.entries(value)) {
    if (field === null) delete value[key];
    else if (Array.isArray(field)) field.filter(isPlain).forEach(withoutNulls);
    else if (isPlain(field)) withoutNulls(field);
  }
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}
