import type { Clock } from "#base/clock.ts";
import type { Kv } from "../kv.ts";
import { MvccIndex } from "../mvcc/mvcc-index.ts";
import { MvccKv } from "../mvcc/mvcc-kv.ts";

/** A store that is gone with its process: for clusters inside a test, and for simulated worlds. */
export function createMemoryKv(deps: { readonly clock: Clock }): Kv {
  return new MvccKv({ clock: deps.clock, index: new MvccIndex() });
}
