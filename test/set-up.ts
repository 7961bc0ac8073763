/** Puts on this machine what `k8ts up` would put there, and what only tests need, so that every stage finds it. */
import { createProgress } from "../src/cluster/progress.ts";
import { ensureMachine } from "../src/cluster/start.ts";
import { ensureDockerRegistry } from "./interop/docker-registry.ts";

await ensureMachine(createProgress(line => console.log(line)));
await ensureDockerRegistry();
