import { expect, test } from "vitest";
import { nodeNameProblem, parseLabel, parseTaint } from "./node-settings.ts";

test("labels and taints of a command line", () => {
  expect(parseLabel("disk=ssd")).toEqual(["disk", "ssd"]);
  expect(parseLabel("example.com/empty=")).toEqual(["example.com/empty", ""]);
  expect(parseTaint("dedicated=db:NoSchedule")).toEqual({ key: "dedicated", value: "db", effect: "NoSchedule" });
  expect(parseTaint("example.com/gone:NoExecute")).toEqual({ key: "example.com/gone", effect: "NoExecute" });
});

test.each([
  [() => parseLabel("disk"), "--label disk: say KEY=VALUE"],
  [() => parseLabel("a b=c"), "--label a b=c: label"],
  [() => parseTaint("dedicated=db"), "say KEY=VALUE:EFFECT"],
  [() => parseTaint("dedicated:Never"), "one of NoSchedule, PreferNoSchedule, NoExecute"],
  [() => parseTaint(":NoExecute"), "a taint needs a key"],
])("bad ones are named with what to say instead (%#)", (parse, message) => {
  expect(parse).toThrow(message);
});

test("names that k8ts uses itself are no nodes", () => {
  expect(nodeNameProblem("node-4")).toBeUndefined();
  expect(nodeNameProblem("server")).toContain("uses it itself");
  expect(nodeNameProblem("Node_4")).toContain("lower-case");
});
