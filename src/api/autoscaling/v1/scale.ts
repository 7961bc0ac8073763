import { objectMeta } from "../../meta/v1/object-meta.ts";
import { defineType, type ObjectOf } from "../../resource.ts";
import { int32, message, string, struct, type TypeOf } from "../../schema.ts";

export const scaleSpec = struct("io.k8s.api.autoscaling.v1.ScaleSpec", {
  replicas: int32(1, { optional: true, default: 0, doc: "How many are wanted." }),
});
export interface ScaleSpec extends TypeOf<typeof scaleSpec> {}

export const scaleStatus = struct("io.k8s.api.autoscaling.v1.ScaleStatus", {
  replicas: int32(1, { doc: "How many there are." }),
  selector: string(2, { optional: true, doc: "Which pods are counted, as a selector is written in a request." }),
});
export interface ScaleStatus extends TypeOf<typeof scaleStatus> {}

export const scaleType = defineType({
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  doc: "How many replicas something has and should have.",
  fields: {
    metadata: message(1, objectMeta, { doc: "Standard object metadata." }),
    spec: message(2, scaleSpec, { doc: "What is wanted." }),
    status: message(3, scaleStatus, { optional: true, doc: "What was found." }),
  },
});
export interface Scale extends ObjectOf<typeof scaleType> {}
