import { SelectorError } from "./label-selector.ts";

/** One term of a field selector; all terms must hold. */
export interface FieldSelectorTerm {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** Reads `spec.nodeName=a,status.phase!=Running`; `\,`, `\=` and `\\` escape. Throws {@link SelectorError}. */
export function parseFieldSelector(text: string): FieldSelectorTerm[] {
  return splitTerms(text)
    .filter(term => term !== "")
    .map(term => parseTerm(term, text))
    .sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0));
}

/** The one value that a selector leaves for a field (`field=value`); undefined as well for a selector that is none. */
export function exactFieldValue(selector: string, field: string): string | undefined {
  try {
    return parseFieldSelector(selector).find(term => term.field === field && term.operator === "=")?.value;
  } catch (error) {
    if (error instanceof SelectorError) return undefined; // Whoever lists with it says what is wrong.
    throw error;
  }
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === ",") {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function parseTerm(term: string, whole: string): FieldSelectorTerm {
  for (let index = 0; index < term.length; index++) {
    const character = term[index];
    if (character === "\\") index++;
    else if (character === "!" && term[index + 1] === "=") return termOf(term, index, "!=", 2);
    else if (character === "=") return termOf(term, index, "=", term[index + 1] === "=" ? 2 : 1);
  }
  throw new SelectorError(`invalid selector: '${whole}'; can't understand '${term}'`);
}

function termOf(term: string, at: number, operator: "=" | "!=", length: number): FieldSelectorTerm {
  return { field: term.slice(0, at), operator, value: unescapeValue(term.slice(at + length)) };
}

function unescapeValue(value: string): string {
  if (/(^|[^\\])(\\\\)*[,=]/.test(value))
    throw new SelectorError(`invalid field selector: unescaped character in ${value}`);
  return value.replace(/\\([\\,=])?/g, (_, escaped: string | undefined) => {
    if (escaped === undefined) throw new SelectorError(`invalid field selector: invalid escape sequence in ${value}`);
    return escaped;
  });
}
