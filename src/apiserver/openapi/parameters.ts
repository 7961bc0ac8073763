import type { Parameter } from "./dialect.ts";

const query = (name: string, type: Parameter["type"], description: string): Parameter => ({
  name,
  in: "query",
  type,
  description,
});

const dryRun = query("dryRun", "string", "All: checks and answers, but stores nothing.");
const fieldManager = query("fieldManager", "string", "Name of who makes the change, at most 128 characters.");
const fieldValidation = query("fieldValidation", "string", "Ignore, Warn or Strict: unknown and repeated fields.");
const force = query("force", "boolean", "Takes fields from other managers; for apply only.");

export const name: Parameter = { name: "name", in: "path", type: "string", description: "The object's name." };
export const namespace: Parameter = { ...name, name: "namespace", description: "The object's namespace." };
export const path: Parameter = { ...name, name: "path", description: "Path of the request that is passed on." };
export const pretty = query("pretty", "string", "true: indented output.");

export const write: readonly Parameter[] = [dryRun, fieldManager, fieldValidation];
export const patch: readonly Parameter[] = [...write, force];

export const list: readonly Parameter[] = [
  query("allowWatchBookmarks", "boolean", "Asks a watch for bookmarks."),
  query("continue", "string", "Goes on with a limited list."),
  query("fieldSelector", "string", "Restricts the list by fields."),
  query("labelSelector", "string", "Restricts the list by labels."),
  query("limit", "integer", "Largest number of items in one answer."),
  query("resourceVersion", "string", "How fresh the answer has to be."),
  query("resourceVersionMatch", "string", "How resourceVersion is meant."),
  query("sendInitialEvents", "boolean", "Starts a watch with the objects that exist."),
  query("timeoutSeconds", "integer", "Longest time for the request."),
  query("watch", "boolean", "Sends changes as they happen."),
];

export const remove: readonly Parameter[] = [
  dryRun,
  query("gracePeriodSeconds", "integer", "Seconds before the object is removed; 0 is at once."),
  query("ignoreStoreReadErrorWithClusterBreakingPotential", "boolean", "Deletes an object that cannot be read."),
  query("orphanDependents", "boolean", "Older form of propagationPolicy."),
  query("propagationPolicy", "string", "Orphan, Background or Foreground: what happens to dependents."),
];
