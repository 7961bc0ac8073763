import type { Command } from "commander";

type AddCommand = (program: Command) => void;

/** Each command's file, loaded when it is asked for; in the order in which `k8ts --help` lists them. */
const files: Readonly<Record<string, () => Promise<AddCommand>>> = {
  up: async () => (await import("./up.ts")).addUp,
  down: async () => (await import("./down.ts")).addDown,
  stop: async () => (await import("./stop.ts")).addStop,
  start: async () => (await import("./start.ts")).addStart,
  status: async () => (await import("./status.ts")).addStatus,
  trace: async () => (await import("./trace.ts")).addTrace,
  ls: async () => (await import("./ls.ts")).addLs,
  node: async () => (await import("./node.ts")).addNode,
  image: async () => (await import("./image.ts")).addImage,
  kubeconfig: async () => (await import("./kubeconfig.ts")).addKubeconfig,
  logs: async () => (await import("./logs.ts")).addLogs,
  completion: async () => (await import("./completion.ts")).addCompletion,
};

/** Adds the command of this name, or all where the name is none of a command: help, an error, completion. */
export async function addCommands(program: Command, name: string | undefined): Promise<void> {
  const one = name !== undefined && Object.hasOwn(files, name) ? files[name] : undefined;
  const wanted = one === undefined ? Object.values(files) : [one];
  for (const add of await Promise.all(wanted.map(load => load()))) add(program);
}
