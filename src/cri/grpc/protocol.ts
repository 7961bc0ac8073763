import { messageType, services } from "./schema.ts";

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

export type CriServiceName = keyof typeof services;

/** Every method of one of the two services, as upstream's `api.proto` names them. */
export function methodsOf(serviceName: CriServiceName): CriMethod[] {
  return Object.entries(services[serviceName]).map(([name, method]) => ({
    name: name[0]!.toLowerCase() + name.slice(1),
    path: `/runtime.v1.${serviceName}/${name}`,
    responseStream: method.responseStream === true,
    request: formOf(lastPart(method.requestType)),
    response: formOf(lastPart(method.responseType)),
  }));
}

/** The form of one message of `runtime.v1`. */
export function formOf(typeName: string): MessageForm {
  const type = messageType(typeName);
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

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
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
