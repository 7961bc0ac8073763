import { int64, message, string, struct, type TypeOf } from "../../schema.ts";

export const shardInfo = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo", {
  selector: string(1),
});
export interface ShardInfo extends TypeOf<typeof shardInfo> {}

export const listMeta = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta", {
  selfLink: string(1, { optional: true }),
  resourceVersion: string(2, { optional: true }),
  continue: string(3, { optional: true }),
  remainingItemCount: int64(4, { optional: true, pointer: true }),
  shardInfo: message(5, shardInfo, { optional: true, pointer: true, featureGate: "ShardedListAndWatch" }),
});
export interface ListMeta extends TypeOf<typeof listMeta> {}
