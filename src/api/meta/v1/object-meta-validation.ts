import { Buffer } from "node:buffer";
import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  pathSegmentErrors,
  qualifiedNameErrors,
} from "#wire/names.ts";
import { type FieldError, forbidden, invalid, required, tooLong } from "../../field-error.ts";
import { goQuote } from "../../go-text.ts";
import type { NameForm } from "../../resource.ts";
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from "./object-meta.ts";

interface Rules {
  readonly scope: "Namespaced" | "Cluster";
  readonly nameForm: NameForm;
}

const maxAnnotationBytes = 256 * 1024;
const immutable = "field is immutable";

const nameRules: Readonly<Record<NameForm, (name: string) => readonly string[]>> = {
  dns1123Subdomain: dns1123SubdomainErrors,
  dns1123Label: dns1123LabelErrors,
  dns1035Label: dns1035LabelErrors,
  pathSegment: pathSegmentErrors,
};

/** A prefix may end where a whole name may not: its last hyphens are followed by random characters. */
export function nameErrors(form: NameForm, name: string, isPrefix: boolean): readonly string[] {
  return nameRules[form](isPrefix && name.endsWith("-") && name.length > 1 ? `${name.slice(0, -1)}a` : name);
}

/** The rules of metadata for every object. */
export function validateObjectMeta(metadata: ObjectMeta, rules: Rules, path = "metadata"): FieldError[] {
  const errors: FieldError[] = [];
  const { name, generateName, namespace, generation } = metadata;
  if (generateName) {
    for (const text of nameErrors(rules.nameForm, generateName, true)) {
      errors.push(invalid(`${path}.generateName`, generateName, text));
    }
  }
  if (!name) errors.push(required(`${path}.name`, "name or generateName is required"));
  else for (const text of nameErrors(rules.nameForm, name, false)) errors.push(invalid(`${path}.name`, name, text));
  errors.push(...namespaceErrors(namespace, rules, path));
  if (generation !== undefined && generation < 0) {
    errors.push(invalid(`${path}.generation`, generation, "must be greater than or equal to 0"));
  }
  return [...errors, ...validateNonSpecial(metadata, path), ...unknownFinalizerErrors(metadata, path)];
}

/** Labels and annotations, owners, finalizers, field managers: what a pod template's metadata is asked too. */
function validateNonSpecial(metadata: ObjectMeta, path: string): FieldError[] {
  return [
    ...validateLabels(metadata.labels, `${path}.labels`),
    ...validateAnnotations(metadata.annotations, `${path}.annotations`),
    ...ownerErrors(metadata.ownerReferences ?? [], `${path}.ownerReferences`),
    ...finalizerErrors(metadata.finalizers ?? [], `${path}.finalizers`),
    ...managedFieldsErrors(metadata.managedFields ?? [], `${path}.managedFields`),
  ];
}

export function validateObjectMetaUpdate(metadata: ObjectMeta, old: ObjectMeta, rules: Rules): FieldError[] {
  const errors: FieldError[] = [];
  if (!metadata.resourceVersion) {
    errors.push(invalid("metadata.resourceVersion", metadata.resourceVersion ?? "", "must be specified for an update"));
  }
  if (old.deletionTimestamp !== undefined) errors.push(...addedFinalizerErrors(metadata, old));
  for (const field of ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] as const) {
    if (metadata[field] !== old[field]) errors.push(invalid(`metadata.${field}`, metadata[field] ?? null, immutable));
  }
  if (metadata.deletionGracePeriodSeconds !== old.deletionGracePeriodSeconds) {
    errors.push(invalid("metadata.deletionGracePeriodSeconds", metadata.deletionGracePeriodSeconds ?? null, immutable));
  }
  if ((metadata.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid("metadata.generation", metadata.generation ?? 0, "must not be decremented"));
  }
  errors.push(...namespaceErrors(metadata.namespace, rules, "metadata").filter(error => error.type === "Required"));
  return [...errors, ...validateNonSpecial(metadata, "metadata"), ...unknownFinalizerErrors(metadata, "metadata")];
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key in labels) {
    for (const text of qualifiedNameErrors(key)) errors.push(invalid(path, key, text));
    for (const text of labelValueErrors(labels[key]!)) errors.push(invalid(path, labels[key]!, text));
  }
  return errors;
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in annotations) {
    // The case of the prefix is forgiven: annotations are older than the rule.
    for (const text of qualifiedNameErrors(key.toLowerCase())) errors.push(invalid(path, key, text));
    size += Buffer.byteLength(key) + Buffer.byteLength(annotations[key]!);
  }
  if (size > maxAnnotationBytes) errors.push(tooLong(path, maxAnnotationBytes));
  return errors;
}

function namespaceErrors(namespace: string | undefined, { scope }: Rules, path: string): FieldError[] {
  if (scope === "Cluster") {
    return namespace ? [forbidden(`${path}.namespace`, "not allowed on this type")] : [];
  }
  if (!namespace) return [required(`${path}.namespace`)];
  return dns1123LabelErrors(namespace).map(text => invalid(`${path}.namespace`, namespace, text));
}

function ownerErrors(owners: readonly OwnerReference[], path: string): FieldError[] {
  const errors = owners.flatMap((owner, index) => ownerReferenceErrors(owner, `${path}[${index}]`));
  const controllers = owners.filter(owner => owner.controller);
  if (controllers.length > 1) {
    const names = controllers.map(owner => `${owner.kind}/${owner.name}`);
    errors.push(
      invalid(
        path,
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${names[0]} and ${names[1]}`,
      ),
    );
  }
  return errors;
}

function ownerReferenceErrors(owner: OwnerReference, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!owner.apiVersion?.split("/").pop()) {
    errors.push(invalid(`${path}.apiVersion`, owner.apiVersion ?? "", "version must not be empty"));
  }
  if (!owner.kind) errors.push(invalid(`${path}.kind`, owner.kind ?? "", "must not be empty"));
  if (!owner.name) errors.push(invalid(`${path}.name`, owner.name ?? "", "must not be empty"));
  if (!owner.uid) errors.push(invalid(`${path}.uid`, owner.uid ?? "", "must not be empty"));
  if (owner.apiVersion === "v1" && owner.kind === "Event") {
    errors.push(invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
  }
  return errors;
}

function finalizerErrors(finalizers: readonly string[], path: string): FieldError[] {
  const errors = finalizers.flatMap(finalizer =>
    qualifiedNameErrors(finalizer).map(text => invalid(path, finalizer, text)),
  );
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  return errors;
}

/** The finalizers that need no domain in front. */
const ownFinalizers = new Set(["foregroundDeletion", "kubernetes", "orphan"]);

export function unknownFinalizer(path: string, finalizer: string): FieldError[] {
  if (finalizer.includes("/") || ownFinalizers.has(finalizer)) return [];
  return [invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified")];
}

function unknownFinalizerErrors({ finalizers = [] }: ObjectMeta, path: string): FieldError[] {
  return finalizers.flatMap((finalizer, index) => unknownFinalizer(`${path}.finalizers[${index}]`, finalizer));
}

function addedFinalizerErrors(metadata: ObjectMeta, old: ObjectMeta): FieldError[] {
  const before = new Set(old.finalizers ?? []);
  const added = (metadata.finalizers ?? []).filter(finalizer => !before.has(finalizer));
  if (added.length === 0) return [];
  const list = `[]string{${added.map(goQuote).join(", ")}}`;
  return [
    forbidden(
      "metadata.finalizers",
      `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
    ),
  ];
}

function managedFieldsErrors(entries: readonly ManagedFieldsEntry[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  entries.forEach(({ operation, fieldsType, manager = "", subresource = "" }, index) => {
    const at = (field: string) => `${path}[${index}].${field}`;
    if (operation !== "Apply" && operation !== "Update") {
      errors.push(invalid(at("operation"), operation ?? "", "must be `Apply` or `Update`"));
    }
    if (fieldsType && fieldsType !== "FieldsV1")
      errors.push(invalid(at("fieldsType"), fieldsType, "must be `FieldsV1`"));
    if (manager.length > 128) errors.push(tooLong(at("manager"), 128));
    if (subresource.length > 256) errors.push(tooLong(at("subresource"), 256));
  });
  return errors;
}
