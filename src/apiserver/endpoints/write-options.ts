import { Buffer } from "node:buffer";
import type { FieldError } from "#api/field-error.ts";
import { type DeleteOptions, deleteOptionsType } from "#api/meta/v1/options.ts";
import { badRequest, invalid } from "#api/status.ts";
import type { Exchange } from "../exchange.ts";
import { contentTypeOf, decodeBody, readBody } from "./body.ts";

export interface WriteOptions {
  readonly dryRun: boolean;
  /** Who owns the fields written: the parameter, or the first part of the user agent. */
  readonly fieldManager: string;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  readonly force: boolean;
}

type OptionsKind = "CreateOptions" | "UpdateOptions" | "PatchOptions";

/** The options of create, update and patch, validated as upstream does. */
export function writeOptions(exchange: Exchange, kind: OptionsKind, isApply = false): WriteOptions {
  const { query } = exchange;
  if (query.text === "") {
    const options = { ...plainOptions, fieldManager: managerOf(exchange) };
    if (isApply) refuse(kind, [managerRequired]);
    return options;
  }
  const dryRun = query.getAll("dryRun");
  const manager = query.get("fieldManager") ?? "";
  const fieldValidation = query.get("fieldValidation") ?? "";
  const errors = [...dryRunErrors(dryRun), ...managerErrors(manager), ...validationErrors(fieldValidation)];
  if (isApply && manager === "") errors.unshift(managerRequired);
  if (kind === "PatchOptions" && !isApply && query.has("force")) {
    errors.unshift({ type: "Forbidden", field: "force", detail: "may not be specified for non-apply patch" });
  }
  if (errors.length > 0) refuse(kind, errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager === "" ? managerOf(exchange) : manager,
    fieldValidation: (fieldValidation || "Warn") as WriteOptions["fieldValidation"],
    force: query.flag("force"),
  };
}

const plainOptions: WriteOptions = { dryRun: false, fieldManager: "", fieldValidation: "Warn", force: false };
const managerRequired: FieldError = { type: "Required", field: "fieldManager", detail: "is required for apply patch" };

function refuse(kind: string, errors: readonly FieldError[]): never {
  throw invalid({ group: "meta.k8s.io", kind }, "", errors);
}

/** `kubectl/v1.37.2 (linux/amd64)` gives `kubectl`. */
function managerOf(exchange: Exchange): string {
  const agent = exchange.request.headers["user-agent"] ?? "";
  const first = agent.split("/", 1)[0]!;
  return first.length === 0 ? "unknown" : first.slice(0, 128);
}

function dryRunErrors(dryRun: readonly string[]): FieldError[] {
  if (dryRun.every(value => value === "All")) return [];
  return [{ type: "NotSupported", field: "dryRun", badValue: [...dryRun], detail: "", supported: ["All"] }];
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > 128) {
    errors.push({
      type: "TooLong",
      field: "fieldManager",
      badValue: manager,
      detail: "may not be more than 128 bytes",
    });
  }
  if (/\p{C}/u.test(manager)) {
    errors.push({
      type: "Invalid",
      field: "fieldManager",
      badValue: manager,
      detail: "should only contain printable characters",
    });
  }
  return errors;
}

function validationErrors(value: string): FieldError[] {
  if (value === "" || value === "Strict" || value === "Warn" || value === "Ignore") return [];
  const supported = ["", "Ignore", "Strict", "Warn"];
  return [{ type: "NotSupported", field: "fieldValidation", badValue: value, detail: "", supported }];
}

/** DeleteOptions of the body, else of the query parameters. */
export async function readDeleteOptions(exchange: Exchange): Promise<DeleteOptions> {
  const bytes = await readBody(exchange);
  const options = bytes.length > 0 ? deleteOptionsOfBody(exchange, bytes) : deleteOptionsOfQuery(exchange);
  checkDeleteOptions(options);
  return options;
}

function deleteOptionsOfBody(exchange: Exchange, bytes: Uint8Array): DeleteOptions {
  const decoded = decodeBody(contentTypeOf(exchange), bytes, deleteOptionsType);
  if (decoded.kind !== "" && decoded.kind !== "DeleteOptions") {
    const version = JSON.stringify(decoded.apiVersion);
    throw badRequest(`no kind "${decoded.kind}" is registered for version ${version} in scheme "k8ts"`);
  }
  // Both forms may say dryRun; kubectl says it in both.
  const dryRun = exchange.query.getAll("dryRun");
  return dryRun.length > 0 && !decoded.object.dryRun?.length ? { ...decoded.object, dryRun } : decoded.object;
}

function deleteOptionsOfQuery({ query }: Exchange): DeleteOptions {
  if (query.text === "") return {};
  const grace = query.get("gracePeriodSeconds");
  if (grace !== undefined && !/^[+-]?\d+$/.test(grace)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  }
  const dryRun = query.getAll("dryRun");
  return {
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(query.has("orphanDependents") && { orphanDependents: query.flag("orphanDependents") }),
    ...(query.has("propagationPolicy") && { propagationPolicy: query.get("propagationPolicy")! }),
    ...(dryRun.length > 0 && { dryRun }),
  };
}

const policies = ["Foreground", "Background", "Orphan"];

function checkDeleteOptions({ propagationPolicy, orphanDependents, dryRun }: DeleteOptions): void {
  const errors: FieldError[] = [];
  const field = "propagationPolicy";
  if (propagationPolicy !== undefined) {
    if (orphanDependents !== undefined) {
      const detail = "orphanDependents and deletionPropagation cannot be both set";
      errors.push({ type: "Invalid", field, badValue: propagationPolicy, detail });
    } else if (!policies.includes(propagationPolicy)) {
      const supported = [...policies, "nil"];
      errors.push({ type: "NotSupported", field, badValue: propagationPolicy, detail: "", supported });
    }
  }
  errors.push(...dryRunErrors(dryRun ?? []));
  if (errors.length > 0) refuse("DeleteOptions", errors);
}
