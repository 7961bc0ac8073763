import type { User } from "../attributes.ts";

const prefix = "system:node:";

/** The node whose kubelet this user is; undefined for everybody else. */
export function nodeNameOf(user: User): string | undefined {
  if (!user.name.startsWith(prefix) || !user.groups.includes("system:nodes")) return undefined;
  return user.name.slice(prefix.length);
}
