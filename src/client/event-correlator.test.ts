import { expect, test } from "vitest";
import type { Event } from "#api/core/v1/event.ts";
import { EventCorrelator } from "./event-correlator.ts";

function event(message: string, name = "e"): Event {
  return {
    metadata: { name, namespace: "n" },
    involvedObject: { kind: "Pod", name: "p", uid: "u" },
    reason: "Failed",
    type: "Warning",
    source: { component: "kubelet" },
    message,
    reportingComponent: "kubelet",
    reportingInstance: "",
  };
}

test("an equal event counts up the first one", () => {
  const correlator = new EventCorrelator();
  expect(correlator.correlate(event("a", "first"), 0)).toMatchObject({ type: "create" });
  expect(correlator.correlate(event("a", "second"), 1)).toMatchObject({
    type: "count",
    count: 2,
    event: { metadata: { name: "first" } },
  });
});

test("the tenth different message of one reason becomes a combined event, which is counted from then on", () => {
  const correlator = new EventCorrelator();
  const actions = Array.from({ length: 11 }, (_, at) => correlator.correlate(event(`m${at}`), at));
  expect(actions.map(({ type }) => type)).toEqual([...Array(10).fill("create"), "count"]);
  expect(actions[9]).toMatchObject({ event: { message: "(combined from similar events): m9" } });
  expect(actions[10]).toMatchObject({ event: { message: "(combined from similar events): m10" }, count: 2 });
});

test("25 at once about one object, then one in five minutes", () => {
  const correlator = new EventCorrelator();
  const types = Array.from({ length: 30 }, () => correlator.correlate(event("a"), 0).type);
  expect(types.filter(type => type === "drop")).toHaveLength(5);
  expect(correlator.correlate(event("a"), 299_000).type).toBe("drop");
  expect(correlator.correlate(event("a"), 601_000).type).toBe("count");
});
