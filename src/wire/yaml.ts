import { CORE_SCHEMA, dump, loadAll } from "js-yaml";

/** YAML as Go writes it: keys sorted, no references, lines as long as they are. */
export function toYaml(value: unknown): string {
  return dump(value, { noRefs: true, sortKeys: true, lineWidth: -1, seqNoIndent: true });
}

/** A short text whose aliases name each other can stand for more than any memory holds. */
const expansionLimit = 1024 * 1024;
const depthLimit = 1000;

/**
 * The document's value; an empty document is undefined. Throws for malformed YAML, for repeated keys, and for aliases
 * that would unfold into far more than the text itself.
 */
export function parseYaml(text: string): unknown {
  const documents = loadAll(text, { schema: CORE_SCHEMA });
  if (documents.length > 1) throw new Error("expected a single document");
  const size = new Expansion(text.length + expansionLimit);
  for (const document of documents) size.add(document, 0);
  return documents[0];
}

/** Adds up how large a value is once every alias is written out. */
class Expansion {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  add(value: unknown, depth: number): void {
    if (depth > depthLimit) throw new Error("exceeded max depth");
    this.#take(typeof value === "string" ? value.length : 1);
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      this.#take(key.length);
      this.add(item, depth + 1);
    }
  }

  #take(size: number): void {
    this.#left -= size;
    if (this.#left < 0) throw new Error("document contains excessive aliasing");
  }
}
