import { Command } from "commander";
import { expect, test } from "vitest";
import { addCommands } from "./commands.ts";
import { complete, files } from "./complete.ts";

const program = new Command("k8ts");
await addCommands(program, undefined);
const sources = {
  clusters: async () => ["k8ts", "second"],
  nodes: async (cluster: string) => (cluster === "second" ? ["alpha", "beta"] : ["node-1"]),
};
const fitting = (line: string) => complete(program, line.split(" "), sources);

test("commands, those inside a command, and none that is hidden", async () => {
  expect(await fitting("st")).toEqual(["stop", "start", "status"]);
  expect(await fitting("node ")).toEqual(["add", "stop", "start", "rm", "help"]);
  expect(await fitting("compl")).toEqual(["completion"]);
  expect(await fitting("completion ")).toEqual(["bash", "zsh", "fish"]);
});

test("options and their values", async () => {
  expect(await fitting("status --")).toEqual(["--name", "--output", "--help"]);
  expect(await fitting("status --output ")).toEqual(["text", "json"]);
  expect(await fitting("down --name s")).toEqual(["second"]);
  expect(await fitting("up --config ")).toEqual([files]);
});

test("nodes are those of the cluster that the line names", async () => {
  expect(await fitting("node stop ")).toEqual(["node-1"]);
  expect(await fitting("node rm --name second ")).toEqual(["alpha", "beta"]);
  expect(await fitting("logs --name second b")).toEqual(["beta"]);
  expect(await fitting("logs s")).toEqual(["server"]);
  expect(await fitting("node stop node-1 ")).toEqual([]);
  expect(await fitting("node add ")).toEqual([]);
});

test("files, as many as the command takes", async () => {
  expect(await fitting("image load a.tar b")).toEqual([files]);
});
