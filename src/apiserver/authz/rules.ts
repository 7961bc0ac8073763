import type { PolicyRule } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import type { Attributes } from "../attributes.ts";

const all = "*";
const none: readonly string[] = [];

/** Whether one rule grants what is asked. */
export function ruleAllows(rule: PolicyRule, asked: Omit<Attributes, "user">): boolean {
  if (!contains(rule.verbs ?? none, asked.verb)) return false;
  if (!asked.isResourceRequest) return (rule.nonResourceURLs ?? none).some(url => urlCovers(url, asked.path));
  return (
    contains(rule.apiGroups ?? none, asked.group) &&
    resourceMatches(rule.resources ?? none, asked.resource, asked.subresource) &&
    nameMatches(rule.resourceNames ?? none, asked.name)
  );
}

/** The parts of `wanted` that no rule of `held` covers, one verb, group, resource and name each, then made compact. */
export function missingRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  const missing = wanted.flatMap(singleRules).filter(single => !held.some(rule => covers(rule, single)));
  return compact(missing);
}

/** `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`: how messages name a rule. */
export function ruleText(rule: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["APIGroups", rule.apiGroups],
    ["Resources", rule.resources],
    ["NonResourceURLs", rule.nonResourceURLs],
    ["ResourceNames", rule.resourceNames],
    ["Verbs", rule.verbs],
  ];
  const texts = parts.filter(([, values]) => values?.length).map(([name, values]) => `${name}:${quotedList(values!)}`);
  return `{${texts.join(", ")}}`;
}

/** `["a" "b"]`. */
export function quotedList(values: readonly string[]): string {
  return `[${values.map(value => JSON.stringify(value)).join(" ")}]`;
}

function contains(values: readonly string[], wanted: string): boolean {
  return values.includes(wanted) || values.includes(all);
}

function resourceMatches(resources: readonly string[], resource: string, subresource: string): boolean {
  if (resources.includes(all)) return true;
  if (subresource === "") return resources.includes(resource);
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

function nameMatches(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name);
}

/** `/healthz/*` covers everything below, `*` everything. */
function urlCovers(pattern: string, path: string): boolean {
  if (pattern === all || pattern === path) return true;
  return pattern.endsWith(all) && path.startsWith(pattern.slice(0, -1));
}

/** All combinations, so that coverage can be asked one by one. */
function singleRules(rule: PolicyRule): PolicyRule[] {
  const singles: PolicyRule[] = [];
  for (const verb of rule.verbs ?? none) {
    for (const url of rule.nonResourceURLs ?? none) singles.push({ verbs: [verb], nonResourceURLs: [url] });
    for (const group of rule.apiGroups ?? none) {
      for (const resource of rule.resources ?? none) {
        const base = { verbs: [verb], apiGroups: [group], resources: [resource] };
        const names = rule.resourceNames ?? none;
        if (names.length === 0) singles.push(base);
        for (const name of names) singles.push({ ...base, resourceNames: [name] });
      }
    }
  }
  return singles;
}

function covers(held: PolicyRule, single: PolicyRule): boolean {
  if (!contains(held.verbs ?? none, single.verbs[0]!)) return false;
  const url = single.nonResourceURLs?.[0];
  if (url !== undefined) return (held.nonResourceURLs ?? none).some(pattern => urlCovers(pattern, url));
  const [resource = "", subresource = ""] = single.resources![0]!.split("/");
  const name = single.resourceNames?.[0];
  const heldNames = held.resourceNames ?? none;
  return (
    contains(held.apiGroups ?? none, single.apiGroups![0]!) &&
    resourceMatches(held.resources ?? none, resource, subresource) &&
    (heldNames.length === 0 || (name !== undefined && heldNames.includes(name)))
  );
}

/** Unites single rules that differ only in their verb. */
function compact(singles: readonly PolicyRule[]): PolicyRule[] {
  const united = new Map<string, PolicyRule>();
  for (const single of singles) {
    const key = ruleText({ ...single, verbs: [] });
    const found = united.get(key);
    const verbs = new Set([...(found?.verbs ?? none), ...single.verbs]);
    united.set(key, { ...single, verbs: [...verbs] });
  }
  return [...united.values()];
}
