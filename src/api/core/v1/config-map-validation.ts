import { jsonEqual } from "#base/json-equal.ts";
import { configMapKeyErrors } from "#wire/names.ts";
import { type FieldError, forbidden, invalid, required, tooLong } from "../../field-error.ts";
import { allInvalid, unchanged } from "../../validation.ts";
import type { ConfigMap } from "./config-map.ts";
import type { Secret } from "./secret.ts";

const maxBytes = 1024 * 1024;
const frozen = "field is immutable when `immutable` is set";

export function validateConfigMap(configMap: ConfigMap, old: ConfigMap | undefined): FieldError[] {
  const { data = {}, binaryData = {} } = configMap;
  const errors = [...keyErrors("data", data), ...keyErrors("binaryData", binaryData)];
  for (const key of Object.keys(binaryData)) {
    if (Object.hasOwn(data, key)) errors.push(invalid(`binaryData[${key}]`, key, "duplicate of key present in data"));
  }
  if (textBytes(data) + decodedBytes(binaryData) > maxBytes) errors.push(tooLong("", maxBytes));
  if (old?.immutable) errors.push(...frozenErrors(configMap, old, ["data", "binaryData"]));
  return errors;
}

export function validateSecret(secret: Secret, old: Secret | undefined): FieldError[] {
  const errors = keyErrors("data", secret.data ?? {});
  if (decodedBytes(secret.data ?? {}) > maxBytes) errors.push(tooLong("data", maxBytes));
  errors.push(...typeErrors(secret));
  if (old) errors.push(...unchanged("type", secret.type, old.type));
  if (old?.immutable) errors.push(...frozenErrors(secret, old, ["data"]));
  return errors;
}

type Data = Readonly<Record<string, string>>;

function keyErrors(field: string, data: Data): FieldError[] {
  return Object.keys(data).flatMap(key => allInvalid(`${field}[${key}]`, key, configMapKeyErrors(key)));
}

function textBytes(data: Data): number {
  return Object.values(data).reduce(
    (sum, text) => sum + (text.length * 3 > maxBytes ? exactBytes(text) : text.length),
    0,
  );
}

function exactBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function decodedBytes(data: Data): number {
  return Object.values(data).reduce((sum, text) => sum + Math.floor((text.length * 3) / 4), 0);
}

/** What was once marked immutable stays so, data included. */
function frozenErrors<T extends { readonly immutable?: boolean | undefined }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  const errors = object.immutable ? [] : [forbidden("immutable", frozen)];
  for (const field of fields) {
    if (!jsonEqual(object[field] ?? {}, old[field] ?? {})) errors.push(forbidden(field, frozen));
  }
  return errors;
}

/** Each well-known type promises certain keys. */
function typeErrors({ type, data = {}, metadata }: Secret): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter(key => !Object.hasOwn(data, key)).map(key => required(`data[${key}]`));
  switch (type) {
    case "kubernetes.io/service-account-token":
      if (metadata.annotations?.["kubernetes.io/service-account.name"]) return [];
      return [required("metadata.annotations[kubernetes.io/service-account.name]")];
    case "kubernetes.io/dockercfg":
      return [...missing(".dockercfg"), ...jsonErrors(data, ".dockercfg")];
    case "kubernetes.io/dockerconfigjson":
      return [...missing(".dockerconfigjson"), ...jsonErrors(data, ".dockerconfigjson")];
    case "kubernetes.io/basic-auth": {
      const absent = missing("username", "password");
      return absent.length === 2 ? absent : [];
    }
    case "kubernetes.io/ssh-auth":
      return missing("ssh-privatekey");
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key");
    default:
      return [];
  }
}

function jsonErrors(data: Data, key: string): FieldError[] {
  const encoded = data[key];
  if (encoded === undefined) return [];
  try {
    JSON.parse(atob(encoded));
    return [];
  } catch {
    return [invalid(`data[${key}]`, "<secret contents redacted>", "invalid character in JSON")];
  }
}
