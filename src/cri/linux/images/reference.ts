/** An image reference in full: every part that may be left out is filled in. */
export interface ImageReference {
  /** `docker.io`, `localhost:5000`, ... */
  readonly registry: string;
  /** `library/nginx` */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:...` */
  readonly digest?: string;
}

const hexadecimal = "[0-9a-f]{64}";
const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const domain = "(?:\\[[0-9a-fA-F:]+\\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]+)?";
const form = new RegExp(
  `^(?:(${domain})/)?(${component}(?:/${component})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:${hexadecimal}))?$`,
);
const imageIdForm = new RegExp(`^(?:sha256:)?(${hexadecimal})$`);

/** Reads what a user wrote, as docker does: `nginx` is `docker.io/library/nginx:latest`. Undefined: no reference. */
export function parseReference(text: string): ImageReference | undefined {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first;
  const match = form.exec(hasRegistry ? text : `docker.io/${text}`);
  if (match === null) return undefined;
  const registry = match[1] === "index.docker.io" ? "docker.io" : match[1]!;
  const path = match[2]!;
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  const [, , , tag, digest] = match;
  if (digest !== undefined) return { registry, repository, ...(tag === undefined ? {} : { tag }), digest };
  return { registry, repository, tag: tag ?? "latest" };
}

/** `docker.io/library/nginx:latest`, or with `@sha256:...` when the reference has a digest (which wins over a tag). */
export function formatReference(reference: ImageReference): string {
  const name = `${reference.registry}/${reference.repository}`;
  return reference.digest === undefined ? `${name}:${reference.tag}` : `${name}@${reference.digest}`;
}

/** The full name of what a user wrote, or undefined when it is no reference. */
export function normaliseReference(text: string): string | undefined {
  const reference = parseReference(text);
  return reference && formatReference(reference);
}

/** `sha256:...` when the text is an image id (with or without the prefix). */
export function parseImageId(text: string): string | undefined {
  const match = imageIdForm.exec(text);
  return match === null ? undefined : `sha256:${match[1]}`;
}
