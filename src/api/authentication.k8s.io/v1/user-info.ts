import { list, listOf, map, string, strings, struct, type TypeOf } from "../../schema.ts";

export const userInfo = struct("io.k8s.api.authentication.v1.UserInfo", {
  username: string(1, { optional: true, doc: "The name that rights are given to." }),
  uid: string(2, { optional: true, doc: "Tells users of one name over time apart." }),
  groups: list(3, strings, { optional: true, listType: "atomic", doc: "The groups the user is in." }),
  extra: map(4, listOf(strings, { message: true }), {
    optional: true,
    doc: "Whatever else the authenticator knows of the user.",
  }),
});
export interface UserInfo extends TypeOf<typeof userInfo> {}
