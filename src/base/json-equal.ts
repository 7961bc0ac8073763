/** Equal as JSON: the order of fields does not count, and a field that is undefined counts as absent. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => jsonEqual(item, b[at]))
    );
  }
  return fieldsEqual(a as Fields, b as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsEqual(a: Fields, b: Fields): boolean {
  for (const name in a) if (!jsonEqual(a[name], own(b, name))) return false;
  for (const name in b) if (b[name] !== undefined && own(a, name) === undefined) return false;
  return true;
}

/** Never what a prototype has: users name their keys `constructor` too. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
