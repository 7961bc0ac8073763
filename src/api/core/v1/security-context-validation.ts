import { duplicate, type FieldError, invalid, required } from "../../field-error.ts";
import type { PodSecurityContext, SecurityContext, Sysctl } from "./security-context.ts";

const maxId = 2147483647;

function idErrors(path: string, id: number | undefined): FieldError[] {
  if (id === undefined || (id >= 0 && id <= maxId)) return [];
  return [invalid(path, id, `must be between 0 and ${maxId}, inclusive`)];
}

export function validateSecurityContext(context: SecurityContext | undefined, path: string): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...idErrors(`${path}.runAsUser`, context.runAsUser),
    ...idErrors(`${path}.runAsGroup`, context.runAsGroup),
  ];
  if (context.allowPrivilegeEscalation === false && context.privileged) {
    const text = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
    errors.push(invalid(path, context, text));
  }
  return [...errors, ...profileErrors(context, path)];
}

export function validatePodSecurityContext(context: PodSecurityContext | undefined, path: string): FieldError[] {
  if (context === undefined) return [];
  const errors = (["runAsUser", "runAsGroup", "fsGroup"] as const).flatMap(field =>
    idErrors(`${path}.${field}`, context[field]),
  );
  (context.supplementalGroups ?? []).forEach((id, index) => {
    errors.push(...idErrors(`${path}.supplementalGroups[${index}]`, id));
  });
  return [...errors, ...sysctlErrors(context.sysctls ?? [], `${path}.sysctls`), ...profileErrors(context, path)];
}

const segment = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const sysctlPattern = `^(${segment}[\\./])*${segment}$`;
const sysctlExpression = new RegExp(sysctlPattern);

function sysctlErrors(sysctls: readonly Sysctl[], path: string): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name }, index) => {
    const at = `${path}[${index}].name`;
    const isRepeated = names.has(name);
    names.add(name);
    if (!name) return [required(at)];
    if (name.length > 253 || !sysctlExpression.test(name))
      return [invalid(at, name, `must have at most 253 characters and match regex ${sysctlPattern}`)];
    return isRepeated ? [duplicate(at, name)] : [];
  });
}

function profileErrors(
  context: Pick<SecurityContext, "seccompProfile" | "appArmorProfile">,
  path: string,
): FieldError[] {
  return (["seccompProfile", "appArmorProfile"] as const).flatMap(kind => {
    const profile = context[kind];
    if (!profile) return [];
    const at = `${path}.${kind}`;
    if (!profile.type) return [required(`${at}.type`, "type is required when seccompProfile is set")];
    if (profile.type === "Localhost" && !profile.localhostProfile) {
      return [required(`${at}.localhostProfile`, "must be set when seccomp type is Localhost")];
    }
    if (profile.type !== "Localhost" && profile.localhostProfile !== undefined) {
      return [
        invalid(`${at}.localhostProfile`, profile.localhostProfile, "can only be set when seccomp type is Localhost"),
      ];
    }
    return [];
  });
}
