import { list, listOf, map, string, strings, struct, type TypeOf } from "../../schema.ts";

export const userInfo = struct("io.k8s.api.authentication.v1.UserInfo", {
  username: string(1, { optional: true }),
  uid: string(2, { optional: true }),
  groups: list(3, strings, { optional: true, listType: "atomic" }),
  extra: map(4, listOf(strings, { message: true }), { optional: true }),
});
export interface UserInfo extends TypeOf<typeof userInfo> {}
