import { Buffer } from "node:buffer";
import { setOwn } from "#wire/strict-json.ts";
import { age } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { boolean, byteStrings, map, type StructOf, string, strings } from "../../schema.ts";
import { validateSecret } from "./config-map-validation.ts";

const fields = {
  immutable: boolean(5, { optional: true, pointer: true, doc: "True: the data never changes again." }),
  data: map(2, byteStrings, { optional: true, doc: "Bytes by key, in base64." }),
  stringData: map(4, strings, { optional: true, doc: "Text by key, only for writing: it becomes data." }),
  type: string(3, { optional: true, default: "Opaque", doc: "What the data is for." }),
};

export interface Secret extends KubernetesObject, StructOf<typeof fields> {}

export const secrets: ResourceDefinition<Secret> = defineResource({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  scope: "Namespaced",
  doc: "Passwords, keys and other data that few may read, as keys with bytes.",

  fields,

  selectableFields: { type: secret => secret.type ?? "" },
  columns: [
    { name: "Type", type: "string", doc: "What the data is for.", value: secret => secret.type ?? "" },
    { name: "Data", type: "string", doc: "Number of keys.", value: ({ data = {} }) => Object.keys(data).length },
    age,
  ],

  /** Text is only another way to write data: what is stored is the bytes. */
  setDefaults(secret) {
    for (const [key, text] of Object.entries(secret.stringData ?? {})) {
      secret.data ??= {};
      setOwn(secret.data as Record<string, unknown>, key, Buffer.from(text).toString("base64"));
    }
    delete secret.stringData;
  },
  prepareForUpdate(secret, old) {
    if (!secret.type && old.type) secret.type = old.type;
  },
  validate: validateSecret,
});
