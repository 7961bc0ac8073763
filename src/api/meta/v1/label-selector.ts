import { list, map, string, strings, struct, type TypeOf } from "../../schema.ts";

export const labelSelectorRequirement = struct("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement", {
  key: string(1),
  operator: string(2),
  values: list(3, strings, { optional: true, listType: "atomic" }),
});
export interface LabelSelectorRequirement extends TypeOf<typeof labelSelectorRequirement> {}

export const labelSelector = struct(
  "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
  {
    matchLabels: map(1, strings, { optional: true }),
    matchExpressions: list(2, labelSelectorRequirement, { optional: true, listType: "atomic" }),
  },
  { mapType: "atomic" },
);
export interface LabelSelector extends TypeOf<typeof labelSelector> {}
