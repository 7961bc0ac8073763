import { type RuntimeContext, runOrThrow, type Sandbox } from "./context.ts";
import { isAlive, signalProcess, startTimeOf } from "./processes.ts";
import { syscalls } from "./syscalls.ts";

/**
 * A pid namespace cannot be pinned to a file: it lives as long as its first process. This one only waits and lets the kernel
 * reap what the pod's containers leave behind. Prints its number in the node's namespace.
 */
const initProgram = `
use strict; use POSIX ();
syscall(${syscalls.unshare}, 0x20000000) == 0 or die "no pid namespace: $!\\n";
my $init = fork(); defined $init or die "no process: $!\\n";
if ($init) { print "$init\\n"; exit 0; }
POSIX::setsid(); chdir "/"; $0 = "k8ts-pod-init $ARGV[0]";
open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null");
$SIG{$_} = "IGNORE" for ("CHLD", "TERM", "INT", "HUP");
sleep 1000000 while 1;`;

/** Starts the first process of a pid namespace that the pod's containers share. */
export async function startInit(context: RuntimeContext, { record }: Sandbox): Promise<void> {
  record.initPid = Number(await runOrThrow(context, ["perl", "-e", initProgram, record.id]));
  record.initStartTime = startTimeOf(record.initPid);
}

/** Ends it, and with it every process of the namespace. */
export function endInit({ record }: Sandbox): void {
  if (isAlive(record.initPid, record.initStartTime)) signalProcess(record.initPid, "SIGKILL");
}
