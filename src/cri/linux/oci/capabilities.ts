/** The kernel's capabilities by number. */
export const capabilityNames: readonly string[] = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
)
  .split(" ")
  .map(name => `CAP_${name}`);

/** What an ordinary container has, as with every other runtime. */
const ordinary: readonly string[] =
  "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
    .split(" ")
    .map(name => `CAP_${name}`);

export interface CapabilityRequest {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
  /** What this process may give at all: asking the kernel for more fails. */
  readonly available: readonly string[];
}

/** The set a container gets: ALL is all that are available; an added one wins over "drop ALL". */
export function capabilitiesFor(request: CapabilityRequest): string[] {
  const add = request.add.map(full);
  const drop = request.drop.map(full);
  if (request.privileged) return [...request.available];
  const start = add.includes("CAP_ALL") ? request.available : drop.includes("CAP_ALL") ? [] : ordinary;
  const dropped = new Set(drop);
  const set = new Set([
    ...start.filter(name => !dropped.has(name)),
    ...add.filter(name => name !== "CAP_ALL" && !dropped.has(name)),
  ]);
  return request.available.filter(name => set.has(name));
}

/** The capabilities of a mask as `/proc/self/status` writes it (`CapBnd`). */
export function capabilitiesOfMask(hexadecimal: string): string[] {
  const mask = BigInt(`0x${hexadecimal}`);
  return capabilityNames.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

function full(name: string): string {
  const upper = name.toUpperCase();
  return upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
}
