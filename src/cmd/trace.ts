import { type Command, InvalidArgumentError, Option } from "commander";
import type { JourneyAnswer } from "#assembly/journey.ts";
import { connectAsAdmin } from "#cluster/api-access.ts";
import { UserError } from "#cluster/error.ts";
import { clusterPaths } from "#cluster/paths.ts";
import { requireRecord } from "#cluster/record.ts";
import { renderTrace } from "#journey/render.ts";
import { examples, nameOption } from "./cluster-option.ts";

interface TraceOptions {
  readonly name: string;
  readonly namespace: string;
  readonly revision?: string;
  readonly output: "text" | "json";
}

export function addTrace(program: Command): void {
  program
    .command("trace <resource/name>")
    .description("tell what happened between a change and its end: every step, with times and reasons")
    .addOption(nameOption())
    .option("-n, --namespace <namespace>", "the object's namespace", "default")
    .option("--revision <number>", "the change that made this revision, not the newest one", readRevision)
    .addOption(new Option("--output <form>").choices(["text", "json"]).default("text"))
    .addHelpText("after", examples("k8ts trace deployment/hello", "k8ts trace pod/web-0 -n shop --output json"))
    .action((target: string, options: TraceOptions) => trace(target, options));
}

async function trace(target: string, options: TraceOptions): Promise<void> {
  const { resource, isNamespaced, name } = await parseTarget(target);
  const { plan } = await requireRecord(options.name);
  const query = new URLSearchParams({ resource, name });
  if (isNamespaced) query.set("namespace", options.namespace);
  if (options.revision !== undefined) query.set("revision", options.revision);
  const http = await connectAsAdmin(plan, clusterPaths(options.name));
  try {
    const response = await http
      .request({ method: "GET", target: `/journey?${query}`, timeoutMs: 30_000 })
      .catch((error: Error) => {
        throw new UserError(
          `the API server of cluster "${options.name}" does not answer (${error.message}): k8ts start brings it back`,
        );
      });
    const text = new TextDecoder().decode(await response.readAll());
    if (response.status === 404) throw new UserError(unknownChange(target, options));
    if (response.status !== 200)
      throw new UserError(`the journey of ${target} could not be had: ${text.slice(0, 300)}`);
    process.stdout.write(options.output === "json" ? `${text}\n` : render(JSON.parse(text) as JourneyAnswer));
  } finally {
    await http[Symbol.asyncDispose]();
  }
}

function readRevision(text: string): string {
  if (/^[1-9][0-9]*$/.test(text)) return text;
  throw new InvalidArgumentError("It is a number, as in metadata.resourceVersion.");
}

function unknownChange(target: string, { namespace, revision }: TraceOptions): string {
  if (revision !== undefined) return `no change of ${target} with revision ${revision} is known: leave out --revision`;
  return `no change of ${target} is known: look with kubectl get ${target} -n ${namespace}`;
}

/** `deployment/hello`, `deploy/hello`, `deployments.apps/hello`: whatever kubectl takes for a resource. */
async function parseTarget(target: string): Promise<{ resource: string; isNamespaced: boolean; name: string }> {
  const { resources } = await import("#api/list.ts");
  const [kind, name, ...more] = target.split("/");
  if (!kind || !name || more.length > 0) throw new UserError(`"${target}" is no object: name it like deployment/hello`);
  const wanted = kind.toLowerCase().split(".")[0]!;
  const found = resources.find(
    each => each.plural === wanted || each.singular === wanted || each.shortNames.includes(wanted),
  );
  if (found === undefined) throw new UserError(`there is no resource "${kind}": kubectl api-resources lists them`);
  return { resource: found.plural, isNamespaced: found.scope === "Namespaced", name };
}

function render({ trace, silentNodes }: JourneyAnswer): string {
  const lines = [...renderTrace(trace)];
  if (silentNodes.length > 0) lines.push("", `not asked, for they do not answer: ${silentNodes.join(", ")}`);
  return `${lines.join("\n")}\n`;
}
