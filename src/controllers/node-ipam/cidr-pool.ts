/** Equal subnets of one IPv4 range, each held by at most one owner. */
export interface CidrPool {
  /** The owner's subnet, or the first free one; undefined when none is left. */
  allocate(owner: string): string | undefined;
  /** Notes what an owner has already; subnets outside the range are nobody's business here. */
  occupy(owner: string, cidr: string): void;
  release(owner: string): void;
}

export function createCidrPool(range: string, maskSize: number): CidrPool {
  const { base, size } = parseCidr(range);
  if (maskSize < size || maskSize > 32) throw new Error(`subnets of /${maskSize} do not fit into ${range}`);
  const step = 2 ** (32 - maskSize);
  const count = 2 ** (maskSize - size);
  const owners = new Map<number, string>();
  const indexes = new Map<string, number>();

  const hold = (owner: string, index: number) => {
    owners.set(index, owner);
    indexes.set(owner, index);
  };
  return {
    allocate(owner) {
      const held = indexes.get(owner);
      if (held !== undefined) return text(base + held * step, maskSize);
      for (let index = 0; index < count; index++) {
        if (owners.has(index)) continue;
        hold(owner, index);
        return text(base + index * step, maskSize);
      }
      return undefined;
    },
    occupy(owner, cidr) {
      const { base: address } = parseCidr(cidr);
      const index = Math.floor((address - base) / step);
      if (index < 0 || index >= count || owners.has(index)) return;
      hold(owner, index);
    },
    release(owner) {
      const index = indexes.get(owner);
      if (index === undefined) return;
      indexes.delete(owner);
      owners.delete(index);
    },
  };
}

function parseCidr(cidr: string): { readonly base: number; readonly size: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) throw new Error(`${cidr} is no IPv4 range`);
  const [a, b, c, d, size] = match.slice(1).map(Number) as [number, number, number, number, number];
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { base: address - (address % 2 ** (32 - size)), size };
}

function text(address: number, maskSize: number): string {
  const octets = [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256);
  return `${octets.join(".")}/${maskSize}`;
}
