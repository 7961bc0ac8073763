import fc from "fast-check";
import { expect, test } from "vitest";
import { deepFreeze } from "#api/codec/freeze.ts";
import { pods } from "#api/core/v1/pod.ts";
import type { TypeDefinition } from "#api/resource.ts";
import type { JsonMap } from "#wire/patch/json-value.ts";
import { applyPatch } from "../patch/apply-patch.ts";
import { applyFields } from "./apply.ts";
import type { Manager } from "./managers.ts";
import { rootStructureOf } from "./structure.ts";

const definition = pods as unknown as TypeDefinition;
const root = rootStructureOf(definition);

const word = fc.constantFrom("a", "b", "c");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const container = fc.record({
  name: word,
  image: maybe(word),
  args: maybe(fc.array(word, { minLength: 1, maxLength: 3 })),
  env: maybe(
    fc.uniqueArray(fc.record({ name: word, value: maybe(word) }), { minLength: 1, selector: ({ name }) => name }),
  ),
  ports: maybe(
    fc.uniqueArray(fc.record({ containerPort: fc.constantFrom(80, 443), name: maybe(word) }), {
      minLength: 1,
      selector: ({ containerPort }) => containerPort,
    }),
  ),
});
const pod = fc
  .record({
    metadata: fc.record({
      labels: maybe(fc.dictionary(word, word, { minKeys: 1 })),
      finalizers: maybe(fc.uniqueArray(word, { minLength: 1 })),
    }),
    spec: fc.record({
      nodeName: maybe(word),
      nodeSelector: maybe(fc.dictionary(word, word, { minKeys: 1 })),
      containers: fc.uniqueArray(container, { minLength: 1, selector: ({ name }) => name }),
    }),
  })
  // As JSON has it: no key without a value. Nothing is empty: the codec drops that, and here is none.
  .map(value => deepFreeze(JSON.parse(JSON.stringify(value)) as JsonMap));

function apply(live: JsonMap, applied: JsonMap, managers: readonly Manager[], name: string) {
  const applier = { name, operation: "Apply", apiVersion: "v1", subresource: "" } as const;
  return applyFields({ ...{ root, live, applied, managers, applier }, timeMs: 0, reset: undefined, mayTake: "all" });
}

test("apply never changes what it is given, and applying again changes nothing", () => {
  fc.assert(
    fc.property(pod, pod, pod, (first, second, third) => {
      const one = deepFreeze(apply({}, first, [], "one"));
      const two = deepFreeze(apply(one.object, second, one.managers, "two"));
      const three = deepFreeze(apply(two.object, third, two.managers, "one"));
      expect(apply(three.object, third, three.managers, "one").changed).toBe(false);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test("what is applied is there afterwards", () => {
  fc.assert(
    fc.property(pod, pod, (first, second) => {
      const one = apply({}, first, [], "one");
      const { object } = apply(one.object, second, one.managers, "two");
      const { spec, metadata } = object as { spec: { nodeName?: string }; metadata: { labels?: object } };
      const wanted = second as { spec: { nodeName?: string }; metadata: { labels?: object } };
      if (wanted.spec.nodeName !== undefined) expect(spec.nodeName).toBe(wanted.spec.nodeName);
      if (wanted.metadata.labels !== undefined) expect(metadata.labels).toMatchObject(wanted.metadata.labels);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test("a strategic merge never changes what it is given, and merging again changes nothing", () => {
  const merge = (current: JsonMap, patch: JsonMap) => {
    const bytes = new TextEncoder().encode(JSON.stringify(patch));
    return deepFreeze(applyPatch({ type: "strategic", patch: bytes, current, definition }));
  };
  fc.assert(
    fc.property(pod, pod, (current, patch) => {
      const once = merge(current, patch);
      expect(merge(once, patch)).toEqual(once);
    }),
    { numRuns: 300, seed: 7 },
  );
});
