import { defineResource, type ObjectOf } from "../../resource.ts";
import { boolean, byteStrings, map, string, strings } from "../../schema.ts";

export const secrets = defineResource({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  scope: "Namespaced",
  doc: "",

  fields: {
    immutable: boolean(5, { optional: true, pointer: true }),
    data: map(2, byteStrings, { optional: true }),
    stringData: map(4, strings, { optional: true }),
    type: string(3, { optional: true }),
  },

  columns: [
    { name: "Type", type: "string", value: () => null },
    { name: "Data", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
  ],
});
export interface Secret extends ObjectOf<typeof secrets> {}
