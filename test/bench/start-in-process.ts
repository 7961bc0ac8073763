/** Starts a cluster in this process and prints how many milliseconds that took until its nodes were ready. */
import { startCluster } from "#library/start-cluster.ts";

const began = performance.now();
await using _cluster = await startCluster({ nodes: 3 });
console.log(performance.now() - began);
