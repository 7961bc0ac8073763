import { syscalls } from "./syscalls.ts";

/** What the namespaces of a new sandbox are to be like. */
export interface NamespacesPlan {
  /** The namespaces that the pod gets of its own, and the files that are to hold them. */
  readonly pins: { readonly net?: string; readonly uts?: string; readonly ipc?: string };
  readonly hostname: string;
  /** The folder for the pod's shared memory; empty: none. */
  readonly shm: string;
  /** Files below /proc/sys and what to write there. */
  readonly sysctls: readonly (readonly [file: string, value: string])[];
}

/**
 * One program for what unshare, hostname, mount and ip would do one after another: starting a program costs more than all
 * these calls. Arguments: the pins as "net=FILE", "uts=FILE", "ipc=FILE"; "--"; host name; folder for shared memory or
 * nothing; then pairs of sysctl file and value.
 */
const program = `
use strict;
my %flag = (net => 0x40000000, uts => 0x04000000, ipc => 0x08000000);
my ($flags, %pin) = (0);
while (defined(my $word = shift @ARGV)) {
  last if $word eq "--";
  my ($kind, $file) = split /=/, $word, 2;
  $flags |= $flag{$kind};
  $pin{$kind} = $file;
}
my ($hostname, $shm, %sysctl) = @ARGV;
sub mounted {
  my ($from, $to, $type, $bits, $data) = @_;
  syscall(${syscalls.mount}, $from, $to, $type, $bits, $data) == 0 or die "mount $to: $!\\n";
}
sub written {
  my ($file, $text) = @_;
  open(my $to, ">", $file) or die "$file: $!\\n";
  syswrite($to, $text) or die "$file: $!\\n";
}
syscall(${syscalls.unshare}, $flags) == 0 or die "unshare: $!\\n";
mounted("/proc/self/ns/$_", $pin{$_}, "none", 0x1000, "") for keys %pin; # MS_BIND
written("/proc/sys/kernel/hostname", $hostname) if $pin{uts};
mounted("shm", $shm, "tmpfs", 0xe, "size=65536k,mode=1777") if $shm ne ""; # MS_NOSUID, MS_NODEV, MS_NOEXEC
if ($pin{net}) {
  socket(my $any, 2, 2, 0) or die "socket: $!\\n";
  my $up = pack("a16 s x22", "lo", 0x41); # IFF_UP and IFF_RUNNING
  ioctl($any, 0x8914, $up) or die "lo: $!\\n"; # SIOCSIFFLAGS
}
written("/proc/sys/$_", $sysctl{$_}) for sort keys %sysctl;`;

/** The command that makes a sandbox's namespaces, pins them and sets them up. */
export function namespacesCommand({ pins, hostname, shm, sysctls }: NamespacesPlan): string[] {
  const words = Object.entries(pins).map(([kind, file]) => `${kind}=${file}`);
  return ["perl", "-e", program, ...words, "--", hostname, shm, ...sysctls.flat()];
}
