/**
 * Replaces `$(NAME)` by what `lookup` knows of it; `$$` is a dollar sign that starts nothing, and a name that is not
 * known stays as it was written.
 *
 * @example expand("$(A)-$$(A)-$(B)", name => ({ A: "1" })[name]) // "1-$(A)-$(B)"
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (written, name: string | undefined) => {
    if (name === undefined) return "$";
    return lookup(name) ?? written;
  });
}

/** Like {@link expand}; names that are not known are collected. */
export function expandStrictly(
  text: string,
  lookup: (name: string) => string | undefined,
): { text: string; missing: string[] } {
  const missing: string[] = [];
  const expanded = expand(text, name => {
    const value = lookup(name);
    if (value === undefined) missing.push(name);
    return value;
  });
  return { text: expanded, missing };
}
