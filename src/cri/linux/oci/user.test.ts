import { expect, test } from "vitest";
import { resolveUser } from "./user.ts";

const passwd = "root:x:0:0:root:/root:/bin/sh\nweb:x:1001:1002::/home/web:/bin/sh\n";
const group = "root:x:0:\nweb:x:1002:\nlogs:x:1500:web,other\n";
const request = { imageUser: "", supplementalGroups: [], policy: "Merge" } as const;

test.each([
  ["nothing said", {}, 0, 0, [0]],
  ["the image's user by name", { imageUser: "web" }, 1001, 1002, [1002, 1500]],
  ["the image's user and group", { imageUser: "web:logs" }, 1001, 1500, [1500]],
  ["numbers that the image does not know", { imageUser: "5:6" }, 5, 6, [6]],
  ["the pod's user instead of the image's", { imageUser: "web:logs", runAsUser: 5 }, 5, 0, [0]],
  ["the pod's user, known to the image", { runAsUser: 1001 }, 1001, 1002, [1002, 1500]],
  ["user and group", { runAsUser: 1001, runAsGroup: 9 }, 1001, 9, [9, 1500]],
  ["supplemental groups are merged", { runAsUser: 1001, supplementalGroups: [77] }, 1001, 1002, [1002, 1500, 77]],
  [
    "strict: the image's memberships do not count",
    { runAsUser: 1001, supplementalGroups: [77], policy: "Strict" },
    1001,
    1002,
    [1002, 77],
  ],
] as const)("%s", (_, change, uid, gid, additionalGids) => {
  expect(resolveUser({ ...request, ...change }, passwd, group)).toEqual({ uid, gid, additionalGids });
});

test("unknown names and a group without a user are refused", () => {
  expect(() => resolveUser({ ...request, imageUser: "nobody-here" }, passwd, group)).toThrow("no user");
  expect(() => resolveUser({ ...request, imageUser: "web:none" }, passwd, group)).toThrow("no group");
  expect(() => resolveUser({ ...request, runAsGroup: 5 }, passwd, group)).toThrow("needs a user");
});
