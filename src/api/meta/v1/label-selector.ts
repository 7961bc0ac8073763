import { list, map, string, strings, struct, type TypeOf } from "../../schema.ts";

export const labelSelectorRequirement = struct("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement", {
  key: string(1, { doc: "The label's key." }),
  operator: string(2, { doc: "In, NotIn, Exists or DoesNotExist." }),
  values: list(3, strings, {
    optional: true,
    listType: "atomic",
    doc: "Values to compare with; none for Exists and DoesNotExist.",
  }),
});
export interface LabelSelectorRequirement extends TypeOf<typeof labelSelectorRequirement> {}

export const labelSelector = struct(
  "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
  {
    matchLabels: map(1, strings, { optional: true, doc: "Labels that must be there with exactly these values." }),
    matchExpressions: list(2, labelSelectorRequirement, {
      optional: true,
      listType: "atomic",
      doc: "Further requirements; all of them must hold.",
    }),
  },
  { mapType: "atomic" },
);
export interface LabelSelector extends TypeOf<typeof labelSelector> {}
