/** One term of a label selector such as `app in (web, api)`; all terms must hold. */
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "!" | "=" | "!=" | "gt" | "lt";
  readonly values: readonly string[];
}

export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

/**
 * Reads the query form: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. An empty text selects everything.
 * Throws {@link SelectorError}. Requirements come back sorted by key.
 */
export function parseLabelSelector(text: string): LabelSelectorRequirement[] {
  const tokens = tokenize(text);
  const requirements: LabelSelectorRequirement[] = [];
  if (tokens.length === 0) return requirements;
  const reader = new TokenReader(tokens);
  do requirements.push(parseRequirement(reader));
  while (reader.skip(","));
  if (!reader.done) throw unexpected(reader.peek(), "',' or 'end of string'");
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

export function matchesLabels(
  requirements: readonly LabelSelectorRequirement[],
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  for (const requirement of requirements) if (!matches(requirement, labels)) return false;
  return true;
}

/** The query form, in the given order. */
export function formatLabelSelector(requirements: readonly LabelSelectorRequirement[]): string {
  return requirements.map(formatRequirement).join(",");
}

function matches(requirement: LabelSelectorRequirement, labels: Readonly<Record<string, string>> | undefined): boolean {
  const { key, operator, values } = requirement;
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "in":
    case "=":
      return value !== undefined && values.includes(value);
    case "notin":
    case "!=":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    default:
      return value !== undefined && comparesTo(operator, value, values[0]!);
  }
}

/** Greater and less compare whole numbers; anything else never matches. */
function comparesTo(operator: "gt" | "lt", value: string, bound: string): boolean {
  if (!integer.test(value) || !integer.test(bound)) return false;
  return operator === "gt" ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

const integer = /^-?\d+$/;

function formatRequirement({ key, operator, values }: LabelSelectorRequirement): string {
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${[...values].sort().join(",")})`;
    case "gt":
      return `${key}>${values[0]}`;
    case "lt":
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}

// ---- reading -------------------------------------------------------------------------------------------------

const tokenPattern = /\s*(==|!=|=|!|>|<|,|\(|\)|[^\s=!<>,()]+)/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (;;) {
    const match = tokenPattern.exec(text);
    if (!match) return tokens;
    tokens.push(match[1]!);
  }
}

class TokenReader {
  readonly tokens: readonly string[];
  position = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  get done(): boolean {
    return this.position >= this.tokens.length;
  }

  peek(): string {
    return this.tokens[this.position] ?? "";
  }

  next(): string {
    return this.tokens[this.position++] ?? "";
  }

  skip(token: string): boolean {
    if (this.peek() !== token || this.done) return false;
    this.position++;
    return true;
  }
}

const punctuation: ReadonlySet<string> = new Set(["=", "==", "!=", "!", ">", "<", ",", "(", ")", ""]);

function parseRequirement(reader: TokenReader): LabelSelectorRequirement {
  const negated = reader.skip("!");
  const key = reader.next();
  if (punctuation.has(key)) throw unexpected(key, "identifier");
  checkKey(key);
  if (negated) return { key, operator: "!", values: [] };
  if (reader.done || reader.peek() === ",") return { key, operator: "exists", values: [] };
  return parseOperation(key, reader);
}

function parseOperation(key: string, reader: TokenReader): LabelSelectorRequirement {
  const operator = reader.next();
  switch (operator) {
    case "=":
    case "==":
    case "!=": {
      const value = parseExactValue(reader);
      checkValue(key, value);
      return { key, operator: operator === "!=" ? "!=" : "=", values: [value] };
    }
    case "in":
    case "notin": {
      const values = parseSet(reader);
      for (const value of values) checkValue(key, value);
      return { key, operator, values };
    }
    case ">":
    case "<":
      return { key, operator: operator === ">" ? "gt" : "lt", values: [parseNumber(key, reader.next())] };
    default:
      throw unexpected(operator, "in, notin, =, ==, !=, gt, lt");
  }
}

function parseExactValue(reader: TokenReader): string {
  if (reader.done || reader.peek() === ",") return "";
  const value = reader.next();
  if (punctuation.has(value)) throw unexpected(value, "identifier");
  return value;
}

function parseNumber(key: string, value: string): string {
  if (integer.test(value)) return value;
  throw new SelectorError(
    `values[0][${key}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
  );
}

function parseSet(reader: TokenReader): string[] {
  // The one place where upstream writes no comma.
  if (!reader.skip("(")) throw new SelectorError(`unable to parse requirement: found '${reader.peek()}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    if (reader.done) throw unexpected("", "',', or ')'");
    if (reader.peek() === "," || reader.peek() === ")") values.add("");
    else values.add(reader.next());
    if (reader.skip(")")) return [...values].sort();
    if (!reader.skip(",")) throw unexpected(reader.peek(), "',' or ')'");
  }
}

function unexpected(found: string, expected: string): SelectorError {
  return new SelectorError(`unable to parse requirement: found '${found}', expected: ${expected}`);
}

const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const prefixPart = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function checkKey(key: string): void {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  const prefixFits = slash < 0 || (slash <= 253 && prefixPart.test(key.slice(0, slash)));
  if (prefixFits && name.length <= 63 && namePart.test(name)) return;
  throw new SelectorError(
    `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${
      name === "" ? "name part must be non-empty; " : ""
    }name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
  );
}

function checkValue(key: string, value: string): void {
  if (value === "" || (value.length <= 63 && namePart.test(value))) return;
  const rule =
    value.length > 63
      ? "must be no more than 63 bytes"
      : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  throw new SelectorError(
    `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${rule}`,
  );
}
