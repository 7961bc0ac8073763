import { type RuntimeContext, runOrThrow, type Sandbox } from "./context.ts";
import { isAlive, killByCommand, signalProcess, startTimeOf } from "./processes.ts";
import { sharesProcesses } from "./sandbox-config.ts";
import { syscalls } from "./syscalls.ts";

/** What it is called while it waits, before its sandbox's id. */
const initName = "k8ts-pod-init";

/**
 * A pid namespace cannot be pinned to a file: it lives as long as its first process. This one only waits and lets the kernel
 * reap what the pod's containers leave behind. Prints its number in the node's namespace.
 */
const initProgram = `
use strict; use POSIX ();
syscall(${syscalls.unshare}, 0x20000000) == 0 or die "no pid namespace: $!\\n";
my $init = fork(); defined $init or die "no process: $!\\n";
if ($init) { print "$init\\n"; exit 0; }
POSIX::setsid(); chdir "/"; $0 = "${initName} $ARGV[0]";
open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null");
$SIG{$_} = "IGNORE" for ("CHLD", "TERM", "INT", "HUP");
sleep 1000000 while 1;`;

/** Starts the first process of a pid namespace that the pod's containers share. */
export async function startInit(context: RuntimeContext, { record }: Sandbox): Promise<void> {
  record.initPid = Number(await runOrThrow(context, ["perl", "-e", initProgram, record.id]));
  record.initStartTime = startTimeOf(record.initPid);
}

/** Ends it, and with it every process of the namespace; also one that was started and whose number got lost. */
export async function endInit({ clock }: RuntimeContext, { record }: Sandbox): Promise<void> {
  const { id, initPid, initStartTime } = record;
  if (isAlive(initPid, initStartTime)) signalProcess(initPid, "SIGKILL");
  if (initPid !== undefined || !sharesProcesses(record.config)) return;
  const isInit = (words: readonly string[]) =>
    words[0] === `${initName} ${id}` || (words.includes(initProgram) && words.includes(id));
  await killByCommand(clock, isInit);
}
