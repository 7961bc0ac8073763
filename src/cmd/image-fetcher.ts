import { text } from "node:stream/consumers";
import { answerFetchJob } from "#cri/linux/images/fetcher-process.ts";

/** Started by a node's agent for one image, in the network of the machine: a job on standard input, an answer on output. */
process.stdout.write(await answerFetchJob(await text(process.stdin)));
