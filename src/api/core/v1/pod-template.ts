import { objectMeta } from "../../meta/v1/object-meta.ts";
import { message, struct, type TypeOf } from "../../schema.ts";
import { podSpec } from "./pod-spec.ts";

export const podTemplateSpec = struct("io.k8s.api.core.v1.PodTemplateSpec", {
  metadata: message(1, objectMeta, { doc: "Metadata of the pods made." }),
  spec: message(2, podSpec, { doc: "What the pods are to be." }),
});
export interface PodTemplateSpec extends TypeOf<typeof podTemplateSpec> {}
