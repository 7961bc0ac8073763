import { jsonEqual } from "#base/json-equal.ts";
import { dns1123SubdomainErrors, pathSegmentErrors } from "#wire/names.ts";
import { type FieldError, invalid, notSupported, required } from "../../field-error.ts";
import { allInvalid, validateLabelSelector } from "../../validation.ts";
import { type Binding, rbacGroup } from "./binding-facts.ts";
import type { ClusterRole } from "./cluster-role.ts";
import type { Role } from "./role.ts";
import type { PolicyRule, Subject } from "./rules.ts";

export function validateRole({ rules }: Role): FieldError[] {
  return rules.flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, true));
}

export function validateClusterRole({ rules, aggregationRule }: ClusterRole): FieldError[] {
  const errors = rules.flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, false));
  if (aggregationRule === undefined) return errors;
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.push(
      required(
        "aggregationRule.clusterRoleSelectors",
        "at least one clusterRoleSelector required if aggregationRule is non-nil",
      ),
    );
  }
  return [
    ...errors,
    ...selectors.flatMap((selector, index) =>
      validateLabelSelector(`aggregationRule.clusterRoleSelectors[${index}]`, selector),
    ),
  ];
}

function ruleErrors(rule: PolicyRule, path: string, isNamespaced: boolean): FieldError[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldError[] = [];
  if (verbs.length === 0) errors.push(required(`${path}.verbs`, "verbs must contain at least one value"));
  if (nonResourceURLs.length > 0) {
    if (isNamespaced) {
      errors.push(
        invalid(`${path}.nonResourceURLs`, nonResourceURLs, "namespaced rules cannot apply to non-resource URLs"),
      );
    }
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
      const text = "rules cannot apply to both regular resources and non-resource URLs";
      errors.push(invalid(`${path}.nonResourceURLs`, nonResourceURLs, text));
    }
    return errors;
  }
  if (apiGroups.length === 0) {
    errors.push(required(`${path}.apiGroups`, "resource rules must supply at least one api group"));
  }
  if (resources.length === 0) {
    errors.push(required(`${path}.resources`, "resource rules must supply at least one resource"));
  }
  return errors;
}

export function validateRoleBinding(binding: Binding, old: Binding | undefined): FieldError[] {
  return bindingErrors(binding, old, ["Role", "ClusterRole"]);
}

export function validateClusterRoleBinding(binding: Binding, old: Binding | undefined): FieldError[] {
  return bindingErrors(binding, old, ["ClusterRole"]);
}

function bindingErrors(binding: Binding, old: Binding | undefined, kinds: readonly string[]): FieldError[] {
  const { roleRef, subjects = [] } = binding;
  const errors: FieldError[] = [];
  if (old && !jsonEqual(roleRef, old.roleRef)) errors.push(invalid("roleRef", roleRef, "cannot change roleRef"));
  if (roleRef.apiGroup !== rbacGroup) errors.push(notSupported("roleRef.apiGroup", roleRef.apiGroup, [rbacGroup]));
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported("roleRef.kind", roleRef.kind, kinds));
  if (!roleRef.name) errors.push(required("roleRef.name"));
  else errors.push(...allInvalid("roleRef.name", roleRef.name, pathSegmentErrors(roleRef.name)));
  return [
    ...errors,
    ...subjects.flatMap((subject, index) => subjectErrors(subject, `subjects[${index}]`, kinds.length > 1)),
  ];
}

function subjectErrors(subject: Subject, path: string, isNamespaced: boolean): FieldError[] {
  const { kind, name, namespace, apiGroup = "" } = subject;
  const errors = name ? [] : [required(`${path}.name`)];
  switch (kind) {
    case "ServiceAccount":
      if (name) errors.push(...allInvalid(`${path}.name`, name, dns1123SubdomainErrors(name)));
      if (apiGroup !== "") errors.push(notSupported(`${path}.apiGroup`, apiGroup, [""]));
      if (!isNamespaced && !namespace) errors.push(required(`${path}.namespace`));
      return errors;
    case "User":
    case "Group":
      return apiGroup === rbacGroup ? errors : [...errors, notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup])];
    default:
      return [...errors, notSupported(`${path}.kind`, kind, ["ServiceAccount", "User", "Group"])];
  }
}
