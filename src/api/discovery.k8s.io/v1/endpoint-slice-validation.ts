import { isIPv4, isIPv6 } from "#wire/ip.ts";
import { dns1123LabelErrors, dns1123SubdomainErrors } from "#wire/names.ts";
import { unroutableErrors } from "../../core/v1/endpoints-validation.ts";
import { duplicate, type FieldError, invalid, required, tooMany } from "../../field-error.ts";
import { allInvalid, unchanged } from "../../validation.ts";
import type { Endpoint, EndpointSlice } from "./endpoint-slice.ts";

const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20000;

export function validateEndpointSlice(slice: EndpointSlice, old: EndpointSlice | undefined): FieldError[] {
  const { addressType, endpoints, ports } = slice;
  const errors: FieldError[] = [];
  if (!addressType) errors.push(required("addressType"));
  if (endpoints.length > maxEndpoints) errors.push(tooMany("endpoints", endpoints.length, maxEndpoints));
  if (ports.length > maxPorts) errors.push(tooMany("ports", ports.length, maxPorts));
  endpoints.forEach((endpoint, index) => {
    errors.push(...endpointErrors(endpoint, addressType, `endpoints[${index}]`));
  });
  errors.push(...portErrors(slice));
  if (old) errors.push(...unchanged("addressType", addressType, old.addressType));
  return errors;
}

function endpointErrors({ addresses, hostname, nodeName }: Endpoint, addressType: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length === 0) errors.push(required(`${path}.addresses`, "must contain at least 1 address"));
  if (addresses.length > maxAddresses) errors.push(tooMany(`${path}.addresses`, addresses.length, maxAddresses));
  addresses.forEach((address, index) => {
    errors.push(...addressErrors(address, addressType, `${path}.addresses[${index}]`));
  });
  if (nodeName !== undefined)
    errors.push(...allInvalid(`${path}.nodeName`, nodeName, dns1123SubdomainErrors(nodeName)));
  if (hostname !== undefined) errors.push(...allInvalid(`${path}.hostname`, hostname, dns1123LabelErrors(hostname)));
  return errors;
}

function addressErrors(address: string, addressType: string, path: string): FieldError[] {
  switch (addressType) {
    case "IPv4":
      if (!isIPv4(address)) return [invalid(path, address, "must be a valid IPv4 address")];
      return unroutableErrors(path, address);
    case "IPv6":
      if (!isIPv6(address)) return [invalid(path, address, "must be a valid IPv6 address")];
      return unroutableErrors(path, address);
    case "FQDN":
      return allInvalid(path, address, dns1123SubdomainErrors(address));
    default:
      return [];
  }
}

function portErrors({ ports }: EndpointSlice): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = "", protocol }, index) => {
    const path = `ports[${index}]`;
    const errors = name === "" ? [] : allInvalid(`${path}.name`, name, dns1123LabelErrors(name));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (!protocol) errors.push(required(`${path}.protocol`));
    return errors;
  });
}
