import type { FieldError } from "./field-error.ts";
import type { ObjectMeta } from "./meta/v1/object-meta.ts";
import { objectMeta } from "./meta/v1/object-meta.ts";
import { type Field, message, type StructOf, type StructSchema } from "./schema.ts";

/** What every object has. `apiVersion` and `kind` may be left out inside k8ts: the definition knows them. */
export interface KubernetesObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: ObjectMeta;
}

/** A kind that can be encoded and decoded. Most are also resources. */
export interface TypeDefinition<T = unknown> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The whole JSON object less apiVersion and kind. */
  readonly struct: StructSchema<T>;
  readonly doc?: string;
  /** Defaults that depend on other fields; called on a mutable object after the fields' own defaults. */
  setDefaults?(object: Mutable<T>): void;
}

export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

const allVerbs: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** All that is known of a kind that the API server serves. A value; the server knows no kind by name. */
export interface ResourceDefinition<T extends KubernetesObject = KubernetesObject> extends TypeDefinition<T> {
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** Fields that field selectors may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields: Readonly<Record<string, FieldReader<T>>>;
  /** Selectable fields by which the watch cache dispatches without asking every watcher. */
  readonly indexFields: readonly string[];
  readonly columns: readonly Column<T>[];
  /** Name rules of metadata.name. */
  readonly nameForm: NameForm;
  /** True: an update through the main resource keeps the stored status, one through /status only changes status. */
  readonly hasStatus: boolean;
  /** True: metadata.generation starts at 1 and grows whenever anything but metadata and status changes. */
  readonly hasGeneration: boolean;
  /** PUT to a name that does not exist creates it. */
  readonly allowCreateOnUpdate: boolean;
  /** PUT without metadata.resourceVersion overwrites. */
  readonly allowUnconditionalUpdate: boolean;
  /** Said as a warning with every answer: since when it is deprecated, and what to use. */
  readonly deprecation?: string;
  /** A delete that names no propagation policy leaves its dependents alone. */
  readonly orphansByDefault?: boolean;
  /** Seconds a delete waits when nobody says otherwise; pods have one, all else is deleted at once. */
  gracePeriodSeconds?(object: T): number;
  /** The registry's key, `/registry/<storagePrefix>/<namespace>/<name>`. */
  readonly storagePrefix: string;
  /** Objects vanish by themselves this long after their last write. */
  readonly timeToLiveSeconds?: number;
  /** For a version that is not the one stored. */
  readonly convert?: Conversion<T>;
  /** `last`: the name is the table's last column and only shown wide. */
  readonly nameColumn?: "last";
  /** Called on a mutable object before create: what a client may not set (status reset is already done). */
  prepareForCreate?(object: Mutable<T>): void;
  prepareForUpdate?(object: Mutable<T>, old: T): void;
  /** What no single field can say; `old` is set on update. All causes at once. */
  validate?(object: T, old: T | undefined): readonly FieldError[];
  /** Like validate, for writes through /status. */
  validateStatus?(object: T, old: T): readonly FieldError[];
  /** What may be said and is hardly meant, for whoever wrote it; of valid objects, and not of writes through /status. */
  warnings?(object: T, old: T | undefined): readonly string[];
}

/** Declared as a method, so that a definition of pods is also a definition of objects. */
export type FieldReader<T> = { read(object: T): string }["read"];

/** Between this version and the stored one (the hub). Objects that come back are new but share parts: freeze them. */
export interface Conversion<T extends KubernetesObject> {
  readonly hub: ResourceDefinition;
  toHub(object: T): KubernetesObject;
  fromHub(object: KubernetesObject): T;
}

export interface Subresource {
  readonly name: string;
  /** The kind that goes over the wire where it differs from the resource's. */
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly verbs: readonly (Verb | "connect")[];
}

/** A Table column (`kubectl get`). "Name" comes first by itself and "Age" is `age`. */
export interface Column<T> {
  readonly name: string;
  readonly type: "string" | "integer" | "date" | "boolean" | "number";
  readonly format?: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 0 | 1;
  readonly doc?: string;
  value(object: T, context: { readonly now: number }): string | number | boolean | null;
}

export type NameForm = "dns1123Subdomain" | "dns1123Label" | "dns1035Label" | "pathSegment";

/** A deeply mutable view of an object that nobody else holds yet. */
export type Mutable<T> = T extends (infer E)[] | readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

export type ObjectOf<D> = D extends TypeDefinition<infer T> ? T : never;

type FieldSet = Readonly<Record<string, Field>>;
type SpecPart<S> = [S] extends [never] ? unknown : { readonly spec: S };
type StatusPart<S> = [S] extends [never] ? unknown : { readonly status?: S | undefined };
type Flatten<T> = { readonly [K in keyof T]: T[K] };
type Shape<Spec, Status, F> = Flatten<KubernetesObject & SpecPart<Spec> & StatusPart<Status> & StructOf<F>>;

interface Head {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly verbs?: readonly Verb[];
  /** "status" is short for get, patch, update of the same kind. */
  readonly subresources?: readonly ("status" | Subresource)[];
  readonly doc: string;
  readonly nameForm?: NameForm;
  readonly hasGeneration?: boolean;
  readonly allowCreateOnUpdate?: boolean;
  readonly allowUnconditionalUpdate?: boolean;
  readonly storagePrefix?: string;
  readonly timeToLiveSeconds?: number;
  readonly orphansByDefault?: boolean;
  readonly deprecation?: string;
  readonly indexFields?: readonly string[];
  readonly nameColumn?: "last";
}

interface Body<T extends KubernetesObject> {
  readonly convert?: Conversion<T>;
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  readonly columns?: readonly Column<T>[];
  gracePeriodSeconds?(object: T): number;
  setDefaults?(object: Mutable<T>): void;
  prepareForCreate?(object: Mutable<T>): void;
  prepareForUpdate?(object: Mutable<T>, old: T): void;
  validate?(object: T, old: T | undefined): readonly FieldError[];
  validateStatus?(object: T, old: T): readonly FieldError[];
  warnings?(object: T, old: T | undefined): readonly string[];
}

/**
 * Makes a definition of its one-file form: the head, then `spec` (protobuf 2) and `status` (3) or `fields`, then
 * columns, then what no single field can say.
 */
export function defineResource<Spec = never, Status = never, const F extends FieldSet = Record<never, Field>>(
  input: Head & {
    readonly spec?: StructSchema<Spec>;
    readonly status?: StructSchema<Status>;
    readonly fields?: F;
  } & Body<Shape<Spec, Status, F>>,
): ResourceDefinition<Shape<Spec, Status, F>> {
  type T = Shape<Spec, Status, F>;
  const { spec, status, fields, ...rest } = input;
  const struct: StructSchema<T> = {
    type: "struct",
    name: openApiName(input.group, input.version, input.kind),
    doc: input.doc,
    fields: {
      metadata: message(1, objectMeta, { optional: true, doc: "Standard object metadata." }),
      ...(spec && { spec: message(2, spec, { optional: true, doc: "What is wanted." }) }),
      ...(status && { status: message(3, status, { optional: true, doc: "What was found; written by the system." }) }),
      ...fields,
    },
  };
  return {
    ...(rest as Head & Body<T>),
    struct,
    singular: input.singular ?? input.kind.toLowerCase(),
    listKind: `${input.kind}List`,
    shortNames: input.shortNames ?? [],
    categories: input.categories ?? [],
    verbs: input.verbs ?? allVerbs,
    subresources: (input.subresources ?? []).map(subresource =>
      subresource === "status" ? { name: "status", verbs: ["get", "patch", "update"] } : subresource,
    ),
    selectableFields: input.selectableFields ?? {},
    indexFields: input.indexFields ?? [],
    columns: input.columns ?? [],
    nameForm: input.nameForm ?? "dns1123Subdomain",
    hasStatus: status !== undefined && (input.subresources ?? []).includes("status"),
    hasGeneration: input.hasGeneration ?? false,
    allowCreateOnUpdate: input.allowCreateOnUpdate ?? false,
    allowUnconditionalUpdate: input.allowUnconditionalUpdate ?? true,
    storagePrefix: input.storagePrefix ?? input.plural,
  };
}

/** A kind that is only said, never stored: reviews, options, bindings. */
export function defineType<const F extends FieldSet>(input: {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly doc: string;
  readonly fields: F;
  /** The OpenAPI name where it does not follow from the group. */
  readonly name?: string;
  setDefaults?(object: Mutable<TypeShape<F>>): void;
}): TypeDefinition<TypeShape<F>> {
  const { fields, name, ...rest } = input;
  const struct: StructSchema<TypeShape<F>> = {
    type: "struct",
    name: name ?? openApiName(input.group, input.version, input.kind),
    doc: input.doc,
    fields,
  };
  return { ...rest, struct };
}

type TypeShape<F> = Flatten<
  { readonly apiVersion?: string | undefined; readonly kind?: string | undefined } & StructOf<F>
>;

/** `io.k8s.api.<first label of the group>.<version>.<kind>`, as upstream's OpenAPI names its types. */
export function openApiName(group: string, version: string, kind: string): string {
  return `io.k8s.api.${group === "" ? "core" : group.split(".")[0]}.${version}.${kind}`;
}

/** Whether a resource or subresource takes this verb, which may come from a request and be any word. */
export function hasVerb({ verbs }: { readonly verbs: readonly string[] }, verb: string): boolean {
  return verbs.includes(verb);
}

/** `v1` or `apps/v1`: what stands in apiVersion. */
export function apiVersionOf(definition: { readonly group: string; readonly version: string }): string {
  return definition.group === "" ? definition.version : `${definition.group}/${definition.version}`;
}

/** `deployments.apps` or `pods`: how messages name a resource. */
export function qualifiedResource(definition: { readonly group: string; readonly plural: string }): string {
  return definition.group === "" ? definition.plural : `${definition.plural}.${definition.group}`;
}
