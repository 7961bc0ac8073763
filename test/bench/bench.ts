import { parseArgs } from "node:util";
import type { Measured } from "./figures.ts";
import { measureInProcess } from "./in-process.ts";
import { measureJourney } from "./journey.ts";
import { measureLoad } from "./load.ts";
import { measureOneNode } from "./one-node.ts";
import { missed, table } from "./table.ts";
import { measureThreeNodes } from "./three-nodes.ts";

const generator = process.env["K8TS_BENCH_LOAD"];
const sections: Readonly<Record<string, (measured: Measured) => Promise<void>>> = {
  "one-node": measureOneNode,
  "three-nodes": measureThreeNodes,
  "in-process": measureInProcess,
  ...(generator !== undefined && { load: measured => measureLoad(measured, generator) }),
  // After the load, whose figure of a create it takes its share of.
  journey: measureJourney,
};

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "3" } },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals : Object.keys(sections);
const measured: Measured = new Map();
for (const name of chosen) {
  const measure = sections[name];
  if (measure === undefined) throw new Error(`no section "${name}": take ${Object.keys(sections).join(", ")}`);
  for (let run = 1; run <= Number(values.runs); run++) {
    process.stderr.write(`${name}, run ${run} of ${values.runs}\n`);
    await measure(measured);
  }
}
console.log(table(measured));
const misses = missed(measured);
console.log(
  misses.length === 0 ? "Every target is met." : `${misses.length} of ${measured.size} figures miss their target.`,
);
