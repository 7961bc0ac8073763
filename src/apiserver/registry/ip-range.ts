import { assert } from "#base/assert.ts";

/** The addresses of an IPv4 range that Services may have: neither the network's nor the broadcast address. */
export interface IpRange {
  readonly text: string;
  readonly size: number;
  at(offset: number): string;
  /** Undefined when the address is not in the range. */
  offsetOf(address: string): number | undefined;
}

export function ipRange(cidr: string): IpRange {
  const [base = "", bits = ""] = cidr.split("/");
  const network = ipNumber(base);
  const prefix = Number(bits);
  assert(network !== undefined && prefix >= 8 && prefix <= 30, `no usable IPv4 range: ${cidr}`);
  const size = 2 ** (32 - prefix) - 2;
  const first = network - (network % 2 ** (32 - prefix)) + 1;
  return {
    text: cidr,
    size,
    at: offset => ipText(first + offset),
    offsetOf(address) {
      const number = ipNumber(address);
      if (number === undefined || number < first || number >= first + size) return undefined;
      return number - first;
    },
  };
}

function ipNumber(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function ipText(number: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join(".");
}
