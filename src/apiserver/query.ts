/** A request's query parameters; repeated ones keep their order. */
export interface Query {
  get(name: string): string | undefined;
  getAll(name: string): readonly string[];
  /** As Go's ParseBool reads it, with "" as true when the parameter is there (`?watch`). */
  flag(name: string): boolean;
  has(name: string): boolean;
  readonly text: string;
}

const falseForms = new Set(["0", "f", "F", "false", "FALSE", "False"]);

const empty: Query = { get: () => undefined, getAll: () => [], flag: () => false, has: () => false, text: "" };

export function parseQuery(text: string): Query {
  if (text === "") return empty;
  const parameters = new URLSearchParams(text);
  return {
    text,
    get: name => parameters.get(name) ?? undefined,
    getAll: name => parameters.getAll(name),
    has: name => parameters.has(name),
    flag(name) {
      const value = parameters.get(name);
      return value !== null && !falseForms.has(value);
    },
  };
}
