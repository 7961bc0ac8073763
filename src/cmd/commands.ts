import type { Command } from "commander";
import { addCompletion } from "./completion.ts";
import { addDown } from "./down.ts";
import { addImage } from "./image.ts";
import { addKubeconfig } from "./kubeconfig.ts";
import { addLogs } from "./logs.ts";
import { addLs } from "./ls.ts";
import { addNode } from "./node.ts";
import { addStart } from "./start.ts";
import { addStatus } from "./status.ts";
import { addStop } from "./stop.ts";
import { addTrace } from "./trace.ts";
import { addUp } from "./up.ts";

/** In the order in which `k8ts --help` lists them. */
export const commands: readonly ((program: Command) => void)[] = [
  addUp,
  addDown,
  addStop,
  addStart,
  addStatus,
  addTrace,
  addLs,
  addNode,
  addImage,
  addKubeconfig,
  addLogs,
  addCompletion,
];
