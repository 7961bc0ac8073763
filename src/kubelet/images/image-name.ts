const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const reference = new RegExp(`^${domain}/${component}(?:/${component})*(?::${tag})?(?:@${digest})?$`);

/** Why a container's `image` names no image; undefined when it does. */
export function imageNameFault(image: string): string | undefined {
  if (/^[a-f0-9]{64}$/.test(image))
    return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`;
  const [host, path] = splitDomain(image);
  const [name = ""] = path.split(":");
  if (name.toLowerCase() !== name) return `invalid reference format: repository name (${name}) must be lowercase`;
  return reference.test(`${host}/${path}`) ? undefined : "invalid reference format";
}

/** `nginx` means `nginx:latest`; a digest stands for itself. */
export function withDefaultTag(image: string): string {
  return image.includes("@") || /:[^/]*$/.test(image) ? image : `${image}:latest`;
}

/** What stands before the first slash is a host only if it looks like one. */
function splitDomain(image: string): readonly [string, string] {
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(0, slash));
  const isHost = slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  if (isHost) return [first, image.slice(slash + 1)];
  return ["docker.io", slash < 0 ? `library/${image}` : image];
}
