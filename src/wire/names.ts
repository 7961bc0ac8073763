/** Name rules of the API. Each check answers the messages of what is wrong, worded as upstream words them. */

const label1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label1123}(\\.${label1123})*`;
const qualifiedNamePart = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = `(${qualifiedNamePart})?`;

const label1123Pattern = new RegExp(`^${label1123}$`);
const label1035Pattern = new RegExp(`^${label1035}$`);
const subdomainPattern = new RegExp(`^${subdomain}$`);
const namePartPattern = new RegExp(`^${qualifiedNamePart}$`);
const labelValuePattern = new RegExp(`^${labelValue}$`);

function maxLengthMessage(bytes: number): string {
  return `must be no more than ${bytes} bytes`;
}

function regexMessage(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  const list = examples.map(example => `'${example}', `).join(" or ");
  return `${message} (e.g. ${list}regex used for validation is '${pattern}')`;
}

export function dns1123LabelErrors(text: string): string[] {
  const errors = text.length > 63 ? [maxLengthMessage(63)] : [];
  if (label1123Pattern.test(text)) return errors;
  if (subdomainPattern.test(text)) return [...errors, "must not contain dots"];
  return [
    ...errors,
    regexMessage(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
      label1123,
      "my-name",
      "123-abc",
    ),
  ];
}

export function dns1123SubdomainErrors(text: string): string[] {
  const errors = text.length > 253 ? [maxLengthMessage(253)] : [];
  if (subdomainPattern.test(text)) return errors;
  return [
    ...errors,
    regexMessage(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      subdomain,
      "example.com",
    ),
  ];
}

const domainLabel = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const domain = `${domainLabel}(\\.${domainLabel})*`;
const domainPattern = new RegExp(`^${domain}$`);

/** Names of the DNS that are no hosts may hold underscores: `_tcp.example.com`. */
export function domainErrors(text: string): string[] {
  const errors = text.length > 253 ? [maxLengthMessage(253)] : [];
  if (domainPattern.test(text)) return errors;
  return [
    ...errors,
    regexMessage(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
      domain,
      "example.com",
    ),
  ];
}

export function dns1035LabelErrors(text: string): string[] {
  const errors = text.length > 63 ? [maxLengthMessage(63)] : [];
  if (label1035Pattern.test(text)) return errors;
  return [
    ...errors,
    regexMessage(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      label1035,
      "my-name",
      "abc-123",
    ),
  ];
}

/** `prefix/name`: label keys, resource names, finalizers. */
export function qualifiedNameErrors(text: string): string[] {
  const parts = text.split("/");
  const nameRule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  if (parts.length > 2) {
    return [
      `a qualified name ${regexMessage(
        nameRule.slice("name part ".length),
        qualifiedNamePart,
        "MyName",
        "my.name",
        "123-abc",
      )} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  const [name, prefix] = [parts.at(-1)!, parts.length === 2 ? parts[0]! : undefined];
  if (prefix === "") errors.push("prefix part must be non-empty");
  else if (prefix !== undefined) errors.push(...dns1123SubdomainErrors(prefix).map(error => `prefix part ${error}`));
  if (name === "") errors.push("name part must be non-empty");
  else if (name.length > 63) errors.push(`name part ${maxLengthMessage(63)}`);
  if (!namePartPattern.test(name)) {
    errors.push(regexMessage(nameRule, qualifiedNamePart, "MyName", "my.name", "123-abc"));
  }
  return errors;
}

export function labelValueErrors(text: string): string[] {
  const errors = text.length > 63 ? [maxLengthMessage(63)] : [];
  if (labelValuePattern.test(text)) return errors;
  return [
    ...errors,
    regexMessage(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      labelValue,
      "MyValue",
      "my_value",
      "12345",
    ),
  ];
}

/** Names that become part of a path, such as those of roles. */
export function pathSegmentErrors(text: string): string[] {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"].filter(character => text.includes(character)).map(character => `may not contain '${character}'`);
}

/** Names of container and service ports. */
export function portNameErrors(text: string): string[] {
  const errors: string[] = [];
  if (text.length > 15) errors.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(text)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(text)) errors.push("must contain at least one letter (a-z)");
  if (text.includes("--")) errors.push("must not contain consecutive hyphens");
  if (text.startsWith("-") || text.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

/** Keys of config maps and secrets. */
export function configMapKeyErrors(text: string): string[] {
  const errors = text.length > 253 ? [maxLengthMessage(253)] : [];
  if (!/^[-._a-zA-Z0-9]+$/.test(text)) {
    errors.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        "[-._a-zA-Z0-9]+",
        "key.name",
        "KEY_NAME",
        "key-name",
      ),
    );
  }
  if (text === ".") errors.push("must not be '.'");
  else if (text === "..") errors.push("must not be '..'");
  else if (text.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

/** Names of environment variables: anything printable but '='. */
export function envVarNameErrors(text: string): string[] {
  if (/^[ -<>-~]+$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export const inRangeMessage = (low: number, high: number) => `must be between ${low} and ${high}, inclusive`;
