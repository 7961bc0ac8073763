import { age } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { boolean, byteStrings, map, type StructOf, strings } from "../../schema.ts";
import { validateConfigMap } from "./config-map-validation.ts";

const fields = {
  immutable: boolean(4, { optional: true, pointer: true, doc: "True: the data never changes again." }),
  data: map(2, strings, { optional: true, doc: "Text by key." }),
  binaryData: map(3, byteStrings, { optional: true, doc: "Bytes by key, in base64." }),
};

export interface ConfigMap extends KubernetesObject, StructOf<typeof fields> {}

export const configMaps: ResourceDefinition<ConfigMap> = defineResource({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  shortNames: ["cm"],
  scope: "Namespaced",
  doc: "Settings for pods to read, as keys with text or bytes.",

  fields,

  columns: [
    {
      name: "Data",
      type: "string",
      doc: "Number of keys.",
      value: ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    },
    age,
  ],
  validate: validateConfigMap,
});
