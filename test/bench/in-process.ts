import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { figures, type Measured, record } from "./figures.ts";

/** A process of its own each time: nothing is warm, and loading the modules is told apart from starting. */
export async function measureInProcess(measured: Measured): Promise<void> {
  const program = join(import.meta.dirname, "start-in-process.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  record(measured, figures.inProcess, Number(stdout));
}
