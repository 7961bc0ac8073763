/** Writes what the bundle has in the place of src/cri/grpc/schema.ts: see there. */
import protobuf from "protobufjs";
import { root, services } from "../src/cri/grpc/schema.ts";

const prefix = ".runtime.v1.";

/** An ES module with the exports `services` and `messageType`: the code that protobufjs would write when a message first comes. */
export function criSchemaCode(): string {
  const types = typesIn(root.lookup("runtime.v1") as protobuf.Namespace);
  return `import { Reader, Writer, util } from "protobufjs/minimal.js";
export const services = ${JSON.stringify(services)};
const made = new Map();
export function messageType(name) {
  let type = made.get(name);
  if (type === undefined) {
    made.set(name, (type = {}));
    Object.assign(type, messages[name]());
  }
  return type;
}
const messages = {
${types.map(messageCode).join("")}};
`;
}

function typesIn(namespace: protobuf.Namespace): protobuf.Type[] {
  return namespace.nestedArray.flatMap(each => [
    ...(each instanceof protobuf.Type ? [each] : []),
    ...(each instanceof protobuf.Namespace ? typesIn(each) : []),
  ]);
}

/** As Type.setup of protobufjs does it: functions in whose scope are the types of the message's fields and its constructor. */
function messageCode(type: protobuf.Type): string {
  const fields = type.fieldsArray.map(field => typeCode(field.resolve().resolvedType));
  return `  ${JSON.stringify(nameOf(type))}() {
    const types = [${fields.join(", ")}];
    const C = ${String(protobuf.Type.generateConstructor(type))};
    return {
      encode: ${String(protobuf.encoder(type))},
      decode: ${String(protobuf.decoder(type))},
      fromObject: ${String(protobuf.converter.fromObject(type))},
      toObject: ${String(protobuf.converter.toObject(type))},
    };
  },
`;
}

function typeCode(type: protobuf.Type | protobuf.Enum | null): string {
  if (type === null) return "null";
  if (type instanceof protobuf.Enum) return JSON.stringify({ values: { ...type.valuesById, ...type.values } });
  return `messageType(${JSON.stringify(nameOf(type))})`;
}

function nameOf(type: protobuf.Type): string {
  if (!type.fullName.startsWith(prefix)) throw new Error(`${type.fullName} is no message of CRI v1`);
  return type.fullName.slice(prefix.length);
}
