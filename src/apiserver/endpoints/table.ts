import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { badRequest } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import type { ObjectVersion } from "../registry/object-store.ts";
import { listMeta } from "./list-body.ts";
import type { Page } from "./list-read.ts";
import type { Representation } from "./negotiate.ts";
import { partialJson } from "./partial-metadata.ts";
import { respondJson } from "./respond.ts";

const encoder = new TextEncoder();

/** What each row carries beside its cells. */
export type IncludeObject = "None" | "Metadata" | "Object";

/** What is known of a kind that says how its rows look. */
export type RowDefinition = Pick<ResourceDefinition, "columns" | "nameColumn">;

export interface TableForm {
  readonly definition: RowDefinition;
  readonly version: "v1" | "v1beta1";
  readonly includeObject: IncludeObject;
  /** For ages. */
  readonly nowMs: number;
}

type TableItem = Pick<ObjectVersion, "object" | "json">;
export type TablePage = Omit<Page, "items"> & { readonly items: readonly TableItem[] };

export function tableForm(
  exchange: Exchange,
  definition: RowDefinition,
  { asVersion }: Representation,
  nowMs: number,
): TableForm {
  const includeObject = exchange.query.get("includeObject") || "Metadata";
  if (includeObject !== "None" && includeObject !== "Metadata" && includeObject !== "Object") {
    throw badRequest(`unrecognized includeObject value: ${JSON.stringify(includeObject)}`);
  }
  return { definition, version: asVersion, includeObject, nowMs };
}

export function respondTable(exchange: Exchange, form: TableForm, page: TablePage, to: Representation): HttpResponse {
  const rows = page.items.map(item => tableRow(form, item));
  return respondRows(exchange, form, page, rows, to);
}

export function respondRows(
  exchange: Exchange,
  form: TableForm,
  page: Omit<Page, "items">,
  rows: readonly string[],
  to: Representation,
): HttpResponse {
  const text = tableJson(form, JSON.stringify(listMeta(page)), rows);
  return respondJson(exchange, 200, encoder.encode(text), to);
}

/** `columns` false: the watch's second and later frames say `null`. */
export function tableJson(form: TableForm, metadata: string, rows: readonly string[], columns = true): string {
  const definitions = columns ? JSON.stringify(columnDefinitions(form.definition)) : "null";
  return `{"kind":"Table","apiVersion":"meta.k8s.io/${form.version}","metadata":${metadata},"columnDefinitions":${definitions},"rows":[${rows.join(",")}]}`;
}

export function tableRow(form: TableForm, version: TableItem): string {
  const cells = JSON.stringify(tableCells(form.definition, version.object, form.nowMs));
  const object = rowObject(form, version);
  return object === undefined ? `{"cells":${cells}}` : `{"cells":${cells},"object":${object}}`;
}

/** The name and the definition's columns. */
function tableCells(
  definition: RowDefinition,
  object: KubernetesObject,
  nowMs: number,
): (string | number | boolean | null)[] {
  const context = { now: nowMs };
  const cells = definition.columns.map(column => column.value(object, context));
  const name = object.metadata.name ?? "";
  return definition.nameColumn === "last" ? [...cells, name] : [name, ...cells];
}

function rowObject({ includeObject, version }: TableForm, { object, json }: TableItem): string | undefined {
  if (includeObject === "None") return undefined;
  if (includeObject === "Metadata") return partialJson(object.metadata, version);
  return new TextDecoder().decode(json);
}

const nameColumn = {
  name: "Name",
  type: "string",
  format: "name",
  description: "What the object is called: unique among the objects of its kind in its namespace.",
  priority: 0,
};

export function columnDefinitions(definition: RowDefinition): readonly object[] {
  const columns = definition.columns.map(({ name, type, format = "", priority = 0, doc = "" }) => ({
    name,
    type,
    format,
    description: doc,
    priority,
  }));
  // Events are not called by name: it comes last, and only when everything is asked for.
  return definition.nameColumn === "last" ? [...columns, { ...nameColumn, priority: 1 }] : [nameColumn, ...columns];
}
