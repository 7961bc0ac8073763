/** An OCI seccomp section. */
export type Seccomp = Readonly<Record<string, unknown>>;

const notPermitted = 1;
const notImplemented = 38;

/** Calls that reach beyond the container, and the capability that allows each group of them. */
const guarded: readonly (readonly [capability: string | undefined, calls: string])[] = [
  [
    undefined,
    "add_key keyctl request_key create_module get_kernel_syms query_module nfsservctl sysfs _sysctl uselib ustat userfaultfd",
  ],
  [
    undefined,
    "vm86 vm86old kexec_file_load io_uring_setup io_uring_enter io_uring_register lookup_dcookie quotactl_fd",
  ],
  [
    "CAP_SYS_ADMIN",
    "bpf fanotify_init fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree perf_event_open pivot_root",
  ],
  ["CAP_SYS_ADMIN", "quotactl setdomainname sethostname setns swapon swapoff umount umount2 unshare"],
  ["CAP_DAC_READ_SEARCH", "open_by_handle_at"],
  ["CAP_SYS_BOOT", "reboot kexec_load"],
  ["CAP_SYS_MODULE", "delete_module init_module finit_module"],
  ["CAP_SYS_PACCT", "acct"],
  ["CAP_SYS_PTRACE", "kcmp process_madvise"],
  ["CAP_SYS_RAWIO", "iopl ioperm"],
  ["CAP_SYS_TIME", "settimeofday stime clock_settime clock_settime64 clock_adjtime clock_adjtime64"],
  ["CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy move_pages migrate_pages"],
  ["CAP_SYS_TTY_CONFIG", "vhangup"],
];

/** CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET */
const namespaceFlags = 0x7e020000;

/**
 * The profile `RuntimeDefault`: everything is allowed but calls that change or read the machine as a whole, each back again
 * with the capability that stands for it.
 */
export function defaultSeccomp(capabilities: readonly string[]): Seccomp {
  const has = new Set(capabilities);
  const refused = guarded.filter(([capability]) => capability === undefined || !has.has(capability));
  const syscalls: object[] = [
    { names: refused.flatMap(([, calls]) => calls.split(" ")), action: "SCMP_ACT_ERRNO", errnoRet: notPermitted },
  ];
  if (!has.has("CAP_SYS_ADMIN")) {
    for (const flag of bitsOf(namespaceFlags)) {
      syscalls.push({
        names: ["clone"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: notPermitted,
        args: [{ index: 0, value: flag, valueTwo: flag, op: "SCMP_CMP_MASKED_EQ" }],
      });
    }
    // Its flags are behind a pointer that no filter can read; C libraries fall back to clone.
    syscalls.push({ names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: notImplemented });
  }
  return { defaultAction: "SCMP_ACT_ALLOW", syscalls };
}

function bitsOf(mask: number): number[] {
  return Array.from({ length: 31 }, (_, bit) => 2 ** bit).filter(flag => (mask & flag) !== 0);
}
