import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedByKey } from "./sorted-by-key.ts";

const keysOf = (items: Iterable<{ readonly key: string }>) => [...items].map(({ key }) => key);

test("whatever was added and taken out, reads give what is there, in order", () => {
  const key = fc.stringMatching(/^[ab]{1,6}$/);
  const act = fc.record({ key, remove: fc.boolean(), read: fc.boolean() });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), key, key, (acts, prefix, from) => {
      const sorted = new SortedByKey<{ readonly key: string }>();
      const present = new Map<string, { readonly key: string }>();
      for (const { key, remove, read } of acts) {
        const item = present.get(key);
        if (item === undefined && !remove) {
          const added = { key };
          present.set(key, added);
          sorted.add(added);
        } else if (item !== undefined && remove) {
          present.delete(key);
          sorted.delete(key);
        }
        expect(sorted.get(key)).toBe(present.get(key));
        if (read) expect(keysOf(sorted.withPrefix(""))).toEqual([...present.keys()].sort());
      }
      const wanted = [...present.keys()].sort().filter(each => each.startsWith(prefix));
      expect(keysOf(sorted.withPrefix(prefix))).toEqual(wanted);
      expect(keysOf(sorted.withPrefix(prefix, from))).toEqual(wanted.filter(each => each >= from));
    }),
  );
});

test("many: chunks are split and go away again", () => {
  const sorted = new SortedByKey<{ readonly key: string }>();
  const items = Array.from({ length: 5_000 }, (_, n) => ({ key: `k${(n * 7919) % 5_000}` }));
  for (const item of items) sorted.add(item);
  expect(keysOf(sorted.withPrefix("k"))).toEqual(keysOf(items).sort());
  for (const { key } of items.slice(10)) sorted.delete(key);
  expect(keysOf(sorted.withPrefix("k"))).toEqual(keysOf(items.slice(0, 10)).sort());
});
