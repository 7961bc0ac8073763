/** Prints TypeScript interfaces for the messages of a protobufjs JSON descriptor: node tools/grpc-types.ts FILE.json */
import { readFileSync } from "node:fs";

interface Node {
  nested?: Record<string, Node>;
  fields?: Record<string, { type: string; rule?: string; keyType?: string }>;
  values?: Record<string, number>;
}
const root: Node = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const scalar: Record<string, string> = { string: "string", bool: "boolean", bytes: "Uint8Array" };
const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const typeName = (type: string) =>
  scalar[type] ?? (/^(u?int|s?fixed|sint|float|double)/.test(type) ? "number" : type.slice(type.lastIndexOf(".") + 1));

function print(node: Node): void {
  for (const [name, child] of Object.entries(node.nested ?? {})) {
    if (child.values)
      console.log(
        `export type ${name} = ${Object.keys(child.values)
          .map(value => `"${value}"`)
          .join(" | ")};\n`,
      );
    if (child.fields && Object.keys(child.fields).length === 0) {
      console.log(`export type ${name} = Readonly<Record<string, never>>;\n`);
    } else if (child.fields) {
      console.log(`export interface ${name} {`);
      for (const [field, fact] of Object.entries(child.fields)) {
        const type = typeName(fact.type);
        const full = fact.keyType
          ? `Readonly<Record<string, ${type}>>`
          : fact.rule === "repeated"
            ? `readonly ${type}[]`
            : type;
        console.log(`  readonly ${camel(field)}?: ${full} | undefined;`);
      }
      console.log("}\n");
    }
    print(child);
  }
}
console.log(
  "// The messages of CRI v1 (k8s.io/cri-api): every field may be absent; 64-bit numbers are numbers, enums their names.\n// Printed from cri-v1.json by tools/grpc-types.ts.\n",
);
print(root);
