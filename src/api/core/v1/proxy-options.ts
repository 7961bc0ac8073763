import { defineType, type ObjectOf } from "../../resource.ts";
import { string } from "../../schema.ts";

export const nodeProxyOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "NodeProxyOptions",
  doc: "Which path of a node is meant.",
  fields: {
    path: string(1, { optional: true, doc: "The path asked for at the node's kubelet." }),
  },
});
export interface NodeProxyOptions extends ObjectOf<typeof nodeProxyOptionsType> {}

export const serviceProxyOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "ServiceProxyOptions",
  doc: "Which path of a service is meant.",
  fields: {
    path: string(1, { optional: true, doc: "The path asked for behind the Service." }),
  },
});
export interface ServiceProxyOptions extends ObjectOf<typeof serviceProxyOptionsType> {}
