import { definePlugin } from "../framework.ts";

/** Higher priority first, then who came first. */
export const prioritySort = definePlugin({
  name: "PrioritySort",
  compare: (a, b) => b.info.priority - a.info.priority || a.sinceMs - b.sinceMs,
});
