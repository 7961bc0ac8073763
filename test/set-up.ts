/** Puts on this machine what `k8ts up` would put there, so that every stage of the tests finds it. */
import { createProgress } from "../src/cluster/progress.ts";
import { ensureMachine } from "../src/cluster/start.ts";

await ensureMachine(createProgress(line => console.log(line)));
