import { defineResource, type ObjectOf } from "../../resource.ts";
import { boolean, byteStrings, map, strings } from "../../schema.ts";

export const configMaps = defineResource({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  shortNames: ["cm"],
  scope: "Namespaced",
  doc: "",

  fields: {
    immutable: boolean(4, { optional: true, pointer: true }),
    data: map(2, strings, { optional: true }),
    binaryData: map(3, byteStrings, { optional: true }),
  },

  columns: [
    { name: "Data", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
  ],
});
export interface ConfigMap extends ObjectOf<typeof configMaps> {}
