import { dns1123LabelErrors } from "#wire/names.ts";
import { type FieldError, invalid, required } from "../../field-error.ts";
import { allInvalid, validateIp, validatePort } from "../../validation.ts";
import type { EndpointAddress, EndpointPort, Endpoints } from "./endpoints.ts";

export function validateEndpoints({ subsets = [] }: Endpoints): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const path = `subsets[${index}]`;
    const errors: FieldError[] = [];
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(required(path, "must specify `addresses` or `notReadyAddresses`"));
    }

    const check = (list: readonly EndpointAddress[], name: string) =>
      list.flatMap((address, at) => addressErrors(address, `${path}.${name}[${at}]`));
    return [
      ...errors,
      ...check(addresses, "addresses"),
      ...check(notReadyAddresses, "notReadyAddresses"),
      ...ports.flatMap((port, at) => portErrors(port, `${path}.ports[${at}]`, ports.length > 1)),
    ];
  });
}

function addressErrors({ ip, hostname }: EndpointAddress, path: string): FieldError[] {
  const errors = validateIp(`${path}.ip`, ip);
  if (hostname) errors.push(...allInvalid(`${path}.hostname`, hostname, dns1123LabelErrors(hostname)));
  return [...errors, ...unroutableErrors(`${path}.ip`, ip)];
}

/** An address that every node takes for its own would send traffic anywhere. */
export function unroutableErrors(path: string, ip: string): FieldError[] {
  const errors: FieldError[] = [];
  if (ip === "0.0.0.0" || ip === "::") errors.push(invalid(path, ip, `may not be unspecified (${ip})`));
  if (/^127\./.test(ip) || ip === "::1") {
    errors.push(invalid(path, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
  }
  if (/^169\.254\./.test(ip) || /^fe[89ab][0-9a-f]:/i.test(ip)) {
    errors.push(invalid(path, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
  }
  if (/^224\.0\.0\./.test(ip) || /^ff02:/i.test(ip)) {
    errors.push(invalid(path, ip, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"));
  }
  return errors;
}

function portErrors({ name, port, protocol }: EndpointPort, path: string, nameRequired: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (name) errors.push(...allInvalid(`${path}.name`, name, dns1123LabelErrors(name)));
  else if (nameRequired) errors.push(required(`${path}.name`));
  errors.push(...validatePort(`${path}.port`, port));
  if (!protocol) errors.push(required(`${path}.protocol`));
  return errors;
}
