/**
 * What another server says leads to itself ("/next") leads elsewhere for a client that reads it through this server. These
 * functions make such links lead through it again.
 */
export type RewriteLink = (link: string) => string;

/**
 * `prefix` is the path under which the other server is seen, `own` the host it is reached at, `asked` the host that the
 * client named. Relative links and links to other hosts stay as they are.
 *
 * @example linkRewriter({ prefix: "/proxy", own: "10.0.0.1:80", asked: "k8s" })("/next?a=b") // "/proxy/next?a=b"
 */
export function linkRewriter(place: {
  readonly prefix: string;
  readonly own: string;
  readonly asked: string;
}): RewriteLink {
  const { prefix, own, asked } = place;
  return link => {
    const [whole, scheme = "", host, path = "", rest = ""] = linkForm.exec(link) ?? [];
    if (whole === undefined || path.startsWith(prefix)) return link;
    if (host !== undefined && host !== own && host !== asked) return link;
    const origin = host !== undefined && host === asked ? `${scheme}//${host}` : "";
    return origin + prefix + path + rest;
  };
}

/** `[[scheme:]//host]/path[?query][#fragment]`. */
const linkForm = /^(?:([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*))?(\/(?!\/)[^?#]*)([?#].*)?$/is;

/** Attributes that hold a link, by element. */
const linkAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ["href"],
  applet: ["codebase"],
  area: ["href"],
  audio: ["src"],
  base: ["href"],
  blockquote: ["cite"],
  body: ["background"],
  button: ["formaction"],
  command: ["icon"],
  del: ["cite"],
  embed: ["src"],
  form: ["action"],
  frame: ["longdesc", "src"],
  head: ["profile"],
  html: ["manifest"],
  iframe: ["longdesc", "src"],
  img: ["longdesc", "src", "usemap"],
  input: ["formaction", "src", "usemap"],
  ins: ["cite"],
  link: ["href"],
  object: ["classid", "codebase", "data", "usemap"],
  q: ["cite"],
  script: ["src"],
  source: ["src"],
  video: ["poster", "src"],
};

/** Content that is text, whatever it looks like. */
const rawElements = new Set(["script", "style", "textarea", "title"]);

/** Rewrites the links of a page in one pass; what is no complete tag stays as it is. */
export function rewritePageLinks(html: string, rewrite: RewriteLink): string {
  const lower = html.toLowerCase();
  let written = "";
  let copied = 0;
  for (let at = html.indexOf("<"); at >= 0; at = html.indexOf("<", at)) {
    if (html.startsWith("<!--", at)) {
      at = endOf(html, "-->", at + 4);
      continue;
    }
    const end = tagEnd(html, at + 1);
    if (end < 0) break;
    const name = /^[a-z][a-z0-9]*/.exec(lower.slice(at + 1, Math.min(end, at + 32)))?.[0];
    if (name === undefined) {
      at++;
      continue;
    }
    const attributes = linkAttributes[name];
    if (attributes !== undefined) {
      written += html.slice(copied, at) + rewriteTag(html.slice(at, end), attributes, rewrite);
      copied = end;
    }
    at = rawElements.has(name) ? endOf(lower, `</${name}`, end) : end;
  }
  return written + html.slice(copied);
}

/** Where the text after `what` begins; the end without it. */
function endOf(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
}

/** The index after the ">" that ends a tag, quoted ones left aside; -1 without. */
function tagEnd(html: string, from: number): number {
  let quote = "";
  for (let at = from; at < html.length; at++) {
    const character = html[at]!;
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return at + 1;
  }
  return -1;
}

/** Sticky, so that each character is looked at once. */
const attributeForm = /([^\s"'<>/=]+)(?:(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+))?|[\s\S]/gy;

function rewriteTag(tag: string, attributes: readonly string[], rewrite: RewriteLink): string {
  return tag.replace(attributeForm, (text, name?: string, equals?: string, value?: string) => {
    if (name === undefined || value === undefined || !attributes.includes(name.toLowerCase())) return text;
    const quote = value.startsWith('"') || value.startsWith("'") ? value[0]! : "";
    const link = quote === "" ? value : value.slice(1, -1);
    return `${name}${equals}${quote}${rewrite(link)}${quote}`;
  });
}
