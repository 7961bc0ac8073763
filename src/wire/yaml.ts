import { CORE_SCHEMA, dump, load, loadAll } from "js-yaml";

/** YAML as Go writes it: keys sorted, no references, lines as long as they are. */
export function toYaml(value: unknown): string {
  return dump(value, { noRefs: true, sortKeys: true, lineWidth: -1, seqNoIndent: true });
}

/** The document's value; an empty document is undefined. Throws for malformed YAML and for repeated keys. */
export function parseYaml(text: string): unknown {
  const documents = loadAll(text, { schema: CORE_SCHEMA });
  return documents.length === 0 ? undefined : load(text, { schema: CORE_SCHEMA });
}
