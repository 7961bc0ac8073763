import { int64, message, string, struct, type TypeOf } from "../../schema.ts";

export const shardInfo = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo", {
  selector: string(1, { doc: "Which part of the objects this list has." }),
});
export interface ShardInfo extends TypeOf<typeof shardInfo> {}

export const listMeta = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta", {
  selfLink: string(1, { optional: true, doc: "No longer used." }),
  resourceVersion: string(2, {
    optional: true,
    doc: "The store's revision that this list shows; a watch may go on from it.",
  }),
  continue: string(3, { optional: true, doc: "Asks for the next part of this list; empty at its end." }),
  remainingItemCount: int64(4, { optional: true, pointer: true, doc: "How many more there are, where that is known." }),
  shardInfo: message(5, shardInfo, {
    optional: true,
    pointer: true,
    featureGate: "ShardedListAndWatch",
    doc: "Which part of the objects this is.",
  }),
});
export interface ListMeta extends TypeOf<typeof listMeta> {}
