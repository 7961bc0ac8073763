import { badRequest, forbidden } from "#api/status.ts";
import type { HttpHeaders } from "#base/http.ts";
import type { Attributes, Authorizer, User } from "../attributes.ts";
import { denialMessage } from "../authz/messages.ts";
import { parseServiceAccountUserName, serviceAccountGroups } from "./service-account-tokens.ts";

const extraPrefix = "impersonate-extra-";

/**
 * The user that the `Impersonate-*` headers ask to act as (`kubectl --as`), or `user` itself without them. The one who
 * asks needs the verb `impersonate` on every part of the other identity.
 */
export function impersonate(user: User, headers: HttpHeaders, authorizer: Authorizer): User {
  const name = headers["impersonate-user"] ?? "";
  const uid = headers["impersonate-uid"] ?? "";
  const groups = listOf(headers["impersonate-group"]);
  const extra = extraOf(headers);
  if (name === "") {
    if (groups.length === 0 && uid === "" && Object.keys(extra).length === 0) return user;
    throw badRequest("requested impersonation without impersonating a user");
  }
  const account = parseServiceAccountUserName(name);
  const need = (attributes: Partial<Attributes>) => mayImpersonate(user, authorizer, attributes);
  if (account) need({ resource: "serviceaccounts", namespace: account.namespace, name: account.name });
  else need({ resource: "users", name });
  for (const group of groups) need({ resource: "groups", name: group });
  if (uid !== "") need({ group: "authentication.k8s.io", resource: "uids", name: uid });
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) {
      need({ group: "authentication.k8s.io", resource: "userextras", subresource: key, name: value });
    }
  }
  return {
    name,
    ...(uid !== "" && { uid }),
    groups: groupsOf(name, groups, account),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function mayImpersonate(user: User, authorizer: Authorizer, part: Partial<Attributes>): void {
  const attributes: Attributes = {
    user,
    isResourceRequest: true,
    verb: "impersonate",
    path: "",
    group: "",
    version: part.group ? "v1" : "",
    resource: "",
    subresource: "",
    namespace: "",
    name: "",
    ...part,
  };
  const decision = authorizer.authorize(attributes);
  if (decision.type === "allow") return;
  const resource = { group: attributes.group, plural: attributes.resource };
  throw forbidden(resource, attributes.name, denialMessage(attributes, decision.reason));
}

function groupsOf(
  name: string,
  groups: readonly string[],
  account: { readonly namespace: string } | undefined,
): readonly string[] {
  const own = groups.length === 0 && account ? serviceAccountGroups(account.namespace) : groups;
  if (name === "system:anonymous") return own.length > 0 ? own : ["system:unauthenticated"];
  if (own.includes("system:authenticated") || own.includes("system:unauthenticated")) return own;
  return [...own, "system:authenticated"];
}

function extraOf(headers: HttpHeaders): Record<string, readonly string[]> {
  const extra: Record<string, readonly string[]> = {};
  for (const header of Object.keys(headers)) {
    if (!header.startsWith(extraPrefix)) continue;
    extra[unescaped(header.slice(extraPrefix.length))] = listOf(headers[header]);
  }
  return extra;
}

/** Keys may be percent-encoded, as header names cannot hold every character. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // A stray percent sign stands for itself.
  }
}

function listOf(header: string | undefined): readonly string[] {
  return header === undefined || header === "" ? [] : header.split(", ");
}
