import { CriError } from "../../services.ts";

/** Who a container's process runs as. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
}

export interface UserRequest {
  /** The image's `user[:group]`, names or numbers. */
  readonly imageUser: string;
  readonly runAsUser?: number;
  readonly runAsUsername?: string;
  readonly runAsGroup?: number;
  readonly supplementalGroups: readonly number[];
  /** Merge: the image's own group memberships count too; Strict: only what the pod names. */
  readonly policy: "Merge" | "Strict";
}

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Decides the ids from the request and the image's `/etc/passwd` and `/etc/group` (empty text: the file is not there). */
export function resolveUser(request: UserRequest, passwd: string, group: string): ProcessUser {
  if (request.runAsGroup !== undefined && request.runAsUser === undefined && !request.runAsUsername) {
    throw new CriError("InvalidArgument", "a group to run as needs a user to run as");
  }
  const [imageUser = "", imageGroup] = request.imageUser.split(":");
  const fromImage = request.runAsUser === undefined && !request.runAsUsername;
  const wanted = request.runAsUser?.toString() ?? (request.runAsUsername || imageUser || "0");
  const entry = findUser(wanted, passwd);
  const groupName = fromImage && imageGroup ? imageGroup : undefined;
  const gid = request.runAsGroup ?? (groupName === undefined ? entry.gid : findGroup(groupName, group));
  const memberships = request.policy === "Strict" ? [] : groupsOf(entry.name, group);
  const additionalGids = [...new Set([gid, ...memberships, ...request.supplementalGroups])];
  return { uid: entry.uid, gid, additionalGids };
}

function findUser(wanted: string, passwd: string): PasswdEntry {
  const number = /^\d+$/.test(wanted) ? Number(wanted) : undefined;
  const found = lines(passwd)
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid), gid: Number(gid) }))
    .find(entry => (number === undefined ? entry.name === wanted : entry.uid === number));
  if (found !== undefined) return found;
  if (number === undefined && wanted !== "root")
    throw new CriError("InvalidArgument", `the image has no user ${JSON.stringify(wanted)}`);
  return { name: "", uid: number ?? 0, gid: 0 };
}

function findGroup(wanted: string, group: string): number {
  if (/^\d+$/.test(wanted)) return Number(wanted);
  const found = lines(group).find(([name]) => name === wanted);
  if (found === undefined) throw new CriError("InvalidArgument", `the image has no group ${JSON.stringify(wanted)}`);
  return Number(found[2]);
}

function groupsOf(user: string, group: string): number[] {
  if (user === "") return [];
  return lines(group)
    .filter(([, , , members]) => members?.split(",").includes(user))
    .map(([, , gid]) => Number(gid));
}

function lines(text: string): string[][] {
  return text
    .split("\n")
    .filter(line => line.includes(":") && !line.startsWith("#"))
    .map(line => line.split(":"));
}
