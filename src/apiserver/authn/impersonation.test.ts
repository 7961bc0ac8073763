import { describe, expect, test } from "vitest";
import type { Attributes, Authorizer, User } from "../attributes.ts";
import { impersonate } from "./impersonation.ts";

const admin: User = { name: "admin", groups: ["system:authenticated"] };

/** Allows these, as `group/resource/subresource @namespace :name`. */
function allowing(...allowed: readonly string[]): Authorizer {
  const text = ({ group, resource, subresource, namespace, name }: Attributes) =>
    `${group}/${resource}/${subresource} @${namespace} :${name}`;
  return {
    authorize: attributes => ({
      type: attributes.verb === "impersonate" && allowed.includes(text(attributes)) ? "allow" : "noOpinion",
      reason: "",
    }),
  };
}

describe("impersonation", () => {
  test("without headers one is oneself", () => {
    expect(impersonate(admin, { accept: "*/*" }, allowing())).toBe(admin);
  });

  test.each<[string, Record<string, string>, string[], User]>([
    ["a user", { "impersonate-user": "jane" }, ["/users/ @ :jane"], { name: "jane", groups: ["system:authenticated"] }],
    [
      "a user with groups, uid and extra",
      {
        "impersonate-user": "jane",
        "impersonate-group": "dev, ops",
        "impersonate-uid": "7",
        "impersonate-extra-acme.com%2fproject": "x",
      },
      [
        "/users/ @ :jane",
        "/groups/ @ :dev",
        "/groups/ @ :ops",
        "authentication.k8s.io/uids/ @ :7",
        "authentication.k8s.io/userextras/acme.com/project @ :x",
      ],
      { name: "jane", uid: "7", groups: ["dev", "ops", "system:authenticated"], extra: { "acme.com/project": ["x"] } },
    ],
    [
      "a service account, with its groups",
      { "impersonate-user": "system:serviceaccount:shop:web" },
      ["/serviceaccounts/ @shop :web"],
      {
        name: "system:serviceaccount:shop:web",
        groups: ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
      },
    ],
    [
      "nobody",
      { "impersonate-user": "system:anonymous" },
      ["/users/ @ :system:anonymous"],
      { name: "system:anonymous", groups: ["system:unauthenticated"] },
    ],
  ])("as %s, when all of it is allowed", (_who, headers, needed, expected) => {
    expect(impersonate(admin, headers, allowing(...needed))).toEqual(expected);
    for (const missing of needed) {
      const less = allowing(...needed.filter(one => one !== missing));
      expect(() => impersonate(admin, headers, less)).toThrow('User "admin" cannot impersonate resource');
    }
  });

  test("groups alone name nobody", () => {
    expect(() => impersonate(admin, { "impersonate-group": "dev" }, allowing())).toThrow(
      "requested impersonation without impersonating a user",
    );
  });
});
