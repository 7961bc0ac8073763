import type { FieldError } from "./field-error.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "./meta/v1/object-meta-validation.ts";
import type { KubernetesObject, ResourceDefinition } from "./resource.ts";
import { fieldErrorsOf, immutableErrorsOf } from "./schema-validation.ts";

/**
 * Everything that is wrong with a new object, all at once: its metadata, what the schema says of single fields, and
 * what the definition's `validate` says of the whole.
 */
export function validateCreate<T extends KubernetesObject>(definition: ResourceDefinition<T>, object: T): FieldError[] {
  const errors = [
    ...validateObjectMeta(object.metadata, definition),
    ...(definition.validate?.(object, undefined) ?? []),
  ];
  return [...errors, ...unsaid(fieldErrorsOf(definition.struct, withoutStatus(object)), errors)];
}

/** A field of which the definition speaks for itself is not spoken of again. */
function unsaid(fieldErrors: readonly FieldError[], errors: readonly FieldError[]): readonly FieldError[] {
  if (fieldErrors.length === 0 || errors.length === 0) return fieldErrors;
  const said = new Set(errors.map(error => error.field));
  return fieldErrors.filter(error => !said.has(error.field));
}

/** The same for a write to an object that exists. */
export function validateUpdate<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  object: T,
  old: T,
): FieldError[] {
  const errors = [
    ...validateObjectMetaUpdate(object.metadata, old.metadata, definition),
    ...(definition.validate?.(object, old) ?? []),
    ...immutableErrorsOf(definition.struct, object, old),
  ];
  return [...errors, ...unsaid(fieldErrorsOf(definition.struct, withoutStatus(object)), errors)];
}

/** For a write through /status: only metadata and the status are looked at. */
export function validateStatusUpdate<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  object: T,
  old: T,
): FieldError[] {
  return [
    ...validateObjectMetaUpdate(object.metadata, old.metadata, definition),
    ...(definition.validateStatus?.(object, old) ?? []),
    ...fieldErrorsOf(definition.struct, { status: statusOf(object) }),
  ];
}

function withoutStatus(object: KubernetesObject): Readonly<Record<string, unknown>> {
  return { ...object, status: undefined };
}

function statusOf(object: KubernetesObject): unknown {
  return (object as { readonly status?: unknown }).status;
}
