import type { PodTemplateSpec } from "#api/core/v1/pod-template.ts";
import { safeAlphabet } from "#base/random.ts";

export const templateHashLabel = "pod-template-hash";

/** A name for a template: equal templates have equal hashes; the collision count makes another one of the same. */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const text = canonical(template) + (collisionCount === undefined ? "" : `#${collisionCount}`);
  return safeText(fnv1a(text));
}

/** Equal but for the label that the deployment controller adds. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return canonical(a) === canonical(b);
}

const canonicalTexts = new WeakMap<PodTemplateSpec, string>();

/** JSON with sorted fields and without the hash label; kept as long as the template is, for it is frozen. */
function canonical(template: PodTemplateSpec): string {
  const known = canonicalTexts.get(template);
  if (known !== undefined) return known;
  const labels = { ...template.metadata?.labels };
  delete labels[templateHashLabel];
  const text = JSON.stringify({ ...template, metadata: { ...template.metadata, labels } }, sorted);
  canonicalTexts.set(template, text);
  return text;
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** FNV-1a, 32 bits, over the text's UTF-8. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The decimal digits in letters that form no words. */
function safeText(hash: number): string {
  return Array.from(String(hash), digit => safeAlphabet[digit.charCodeAt(0) % safeAlphabet.length]).join("");
}
