import { goQuote } from "#api/go-text.ts";
import { type ApiError, failure } from "#api/status.ts";
import { difference, intersection, type MaybeSet, pathsOf } from "./field-set.ts";
import type { Manager } from "./managers.ts";
import { pathText } from "./path-element.ts";

/** Fields of another manager that an apply would change. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: NonNullable<MaybeSet>;
}

/** What `others` own of the fields that change, by manager. */
export function conflictsOf(others: readonly Manager[], changed: MaybeSet): readonly Conflict[] {
  return others.flatMap(manager => {
    const fields = intersection(manager.fields, changed);
    return fields === undefined ? [] : [{ manager, fields }];
  });
}

/** The conflicts that remain when these fields may be taken. */
export function exceptFields(conflicts: readonly Conflict[], allowed: MaybeSet): readonly Conflict[] {
  return conflicts.flatMap(({ manager, fields }) => {
    const rest = difference(fields, allowed);
    return rest === undefined ? [] : [{ manager, fields: rest }];
  });
}

/** 409 with one cause per field; the message groups them by manager. */
export function conflictError(conflicts: readonly Conflict[]): ApiError {
  const named = conflicts.map(({ manager, fields }) => ({
    manager: managerText(manager),
    paths: [...pathsOf(fields)].map(pathText),
  }));
  named.sort((a, b) => (a.manager < b.manager ? -1 : 1));
  const causes = named.flatMap(({ manager, paths }) =>
    paths.map(field => ({ reason: "FieldManagerConflict", message: `conflict with ${manager}`, field })),
  );
  return failure(409, "Conflict", messageOf(named, causes.length), { causes });
}

function messageOf(named: readonly { manager: string; paths: readonly string[] }[], count: number): string {
  if (count === 1) return `Apply failed with 1 conflict: conflict with ${named[0]!.manager}: ${named[0]!.paths[0]}`;
  const lines = named.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`,
    ...paths.map(path => `- ${path}`),
  ]);
  return `Apply failed with ${count} conflicts: ${lines.join("\n")}`;
}

function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === "" ? "" : ` with subresource ${goQuote(subresource)}`;
  return `${goQuote(name)}${through}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}
