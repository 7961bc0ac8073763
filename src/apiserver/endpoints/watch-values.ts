import type { KubernetesObject } from "#api/resource.ts";
import { queuedValueBytes } from "#base/http.ts";
import type { WatchValue } from "#client/client.ts";
import type { CacheEvent } from "../watch-cache/watch-cache.ts";
import type { Framer } from "./watch-frames.ts";

type Values = readonly WatchValue<KubernetesObject>[];

/** Streams of one selection get the same array of events per batch: their values are made once. */
const shared = new WeakMap<readonly CacheEvent[], Values>();

/** For watches of this process: the watch cache's frozen objects as they are. */
export const valueFramer: Framer<Values> = {
  events(events) {
    let values = shared.get(events);
    if (values === undefined) {
      values = events.map(({ type, version }) => ({ type, object: version.object }));
      shared.set(events, values);
    }
    return values;
  },
  bookmark: (revision, initialEventsEnd) => [{ type: "BOOKMARK", resourceVersion: String(revision), initialEventsEnd }],
  error: status => [{ type: "ERROR", status }],
  sizeBytes: ({ length }) => length * queuedValueBytes,
};
