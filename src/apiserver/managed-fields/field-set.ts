import { compareElements } from "./path-element.ts";

/**
 * A set of field paths, in the very form in which managedFields hold it (FieldsV1), so that nothing is ever decoded or
 * encoded: an element without children is a member, one with children is a member when it has ".". The empty set is
 * `undefined`. Sets are never changed; operations share what they can.
 *
 * @example
 * { "f:spec": { "f:replicas": {}, "f:selector": { ".": {}, "f:app": {} } } } // .spec.replicas .spec.selector .spec.selector.app
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export type MaybeSet = FieldSet | undefined;

/** A member without children. */
export const leaf: FieldSet = Object.freeze({});

/** True when the path that led here is itself in the set. */
export function isMember(set: FieldSet): boolean {
  for (const key in set) return key === "." || "." in set;
  return true;
}

/** The elements below, in order. */
export function childrenOf(set: FieldSet): string[] {
  return Object.keys(set).filter(key => key !== ".");
}

export function union(a: MaybeSet, b: MaybeSet): MaybeSet {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  return unite(a, b, false);
}

function unite(a: FieldSet, b: FieldSet, member: boolean): FieldSet {
  const elements = childrenOf(a);
  const more = childrenOf(b).filter(element => !(element in a));
  if (more.length > 0) elements.push(...more);
  if (more.length > 0) elements.sort(compareElements);
  return build(member, elements, element => {
    const [left, right] = [a[element], b[element]];
    if (left === undefined || right === undefined) return left ?? right;
    return unite(left, right, isMember(left) || isMember(right));
  })!;
}

/** What is in `a` and not in `b`; what lies below a path of `b` stays. */
export function difference(a: MaybeSet, b: MaybeSet): MaybeSet {
  if (a === undefined || b === undefined) return a;
  return subtract(a, b, false);
}

function subtract(a: FieldSet, b: FieldSet, member: boolean): MaybeSet {
  return build(member, childrenOf(a), element => {
    const [left, right] = [a[element]!, b[element]];
    if (right === undefined) return left;
    return subtract(left, right, isMember(left) && !isMember(right));
  });
}

/** Like {@link difference}, and without whatever lies below a path of `b`. */
export function differenceBelow(a: MaybeSet, b: MaybeSet): MaybeSet {
  if (a === undefined || b === undefined) return a;
  return subtractBelow(a, b, false);
}

function subtractBelow(a: FieldSet, b: FieldSet, member: boolean): MaybeSet {
  return build(member, childrenOf(a), element => {
    const [left, right] = [a[element]!, b[element]];
    if (right === undefined) return left;
    return isMember(right) ? undefined : subtractBelow(left, right, isMember(left));
  });
}

export function intersection(a: MaybeSet, b: MaybeSet): MaybeSet {
  if (a === undefined || b === undefined) return undefined;
  return intersect(a, b, false);
}

function intersect(a: FieldSet, b: FieldSet, member: boolean): MaybeSet {
  return build(member, childrenOf(a), element => {
    const [left, right] = [a[element]!, b[element]];
    return right === undefined ? undefined : intersect(left, right, isMember(left) && isMember(right));
  });
}

/** A set out of its children; undefined when there are none and it is no member itself. */
export function build(member: boolean, elements: readonly string[], childOf: (element: string) => MaybeSet): MaybeSet {
  const set: Record<string, FieldSet> = {};
  let empty = true;
  for (const element of elements) {
    const child = childOf(element);
    if (child === undefined) continue;
    if (empty && member) set["."] = leaf;
    empty = false;
    set[element] = child;
  }
  if (!empty) return set;
  return member ? leaf : undefined;
}

export function equalSets(a: MaybeSet, b: MaybeSet): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || isMember(a) !== isMember(b)) return false;
  const elements = childrenOf(a);
  return elements.length === childrenOf(b).length && elements.every(element => equalSets(a[element], b[element]));
}

const elementForm = /^(\.$|[fkvi]:)/;

/** True for what may be used as a set: clients may send anything. */
export function isFieldSet(value: unknown): value is FieldSet {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([element, child]) => elementForm.test(element) && isFieldSet(child));
}

/** Every path of the set, each as its elements, parents first. */
export function* pathsOf(set: MaybeSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  if (set === undefined) return;
  if (prefix.length > 0 && isMember(set)) yield prefix;
  for (const element of childrenOf(set)) yield* pathsOf(set[element], [...prefix, element]);
}
