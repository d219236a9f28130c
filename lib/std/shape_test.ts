import { deepEqual, equal, ok, throws } from "#assert";
import {
  anything,
  flag,
  list,
  mapping,
  nullable,
  number,
  oneOf,
  optional,
  partialMapping,
  readShape,
  record,
  type Shape,
  text,
  where,
  withDefault,
} from "./shape.ts";

/** What is wrong with a value, as its path and the rest of the line; undefined where nothing is. */
function wrong(shape: Shape<unknown>, value: unknown): string | undefined {
  const { wrong: place } = readShape(shape, value);
  return place && `${place.path} ${place.text}`;
}

const stage = mapping({
  name: text(/^[a-z]+$/, "a name"),
  kind: oneOf(["a", "b"]),
  share: withDefault(number({ above: 0, max: 1 }), 0.5),
  count: optional(number({ min: 1, whole: true })),
  waits: withDefault(list(text()), []),
});
const file = mapping({ id: text(), stages: list(stage, { least: 1 }), more: record(number()) });

Deno.test("a shape gives what stands in a file, with the defaults of what is absent", () => {
  const read = readShape(file, {
    more: { x: 1 },
    id: "f",
    stages: [{ kind: "b", name: "n" }, { kind: "a", name: "m", share: 1, count: 3, waits: ["n"] }],
  });
  deepEqual(read, {
    data: {
      id: "f",
      stages: [
        // `count` is absent, not undefined: spread over others it changes nothing.
        { name: "n", kind: "b", share: 0.5, waits: [] },
        { name: "m", kind: "a", share: 1, count: 3, waits: ["n"] },
      ],
      more: { x: 1 },
    },
  });
  deepEqual(readShape(partialMapping({ a: flag }), { a: true, b: 1 }), { data: { a: true } });
  deepEqual(readShape(nullable(number()), null), { data: null });
  deepEqual(readShape(anything, undefined), { data: undefined });
});

Deno.test("a shape names the first place where a value has another form, and what it wants there", () => {
  const good = { name: "n", kind: "a" };
  const cases: [unknown, string][] = [
    [null, "the top as a mapping: current value is null"],
    [[], "the top as a mapping: current value is []"],
    [{}, "id as text: current value is missing"],
    [{ id: "" }, 'id as text: current value is ""'],
    [{ id: "f" }, "stages as a list of 1 or more: current value is missing"],
    [{ id: "f", stages: [] }, "stages as a list of 1 or more: current value is []"],
    [{ id: "f", stages: [good, 7] }, "stages[1] as a mapping: current value is 7"],
    [
      { id: "f", stages: [{ ...good, name: "N" }] },
      'stages[0].name as a name: current value is "N"',
    ],
    [
      { id: "f", stages: [{ ...good, kind: "c" }] },
      'stages[0].kind as one of a, b: current value is "c"',
    ],
    [
      { id: "f", stages: [{ ...good, share: 0 }] },
      "stages[0].share as a number > 0 and <= 1: current value is 0",
    ],
    [
      { id: "f", stages: [{ ...good, count: 1.5 }] },
      "stages[0].count as a whole number >= 1: current value is 1.5",
    ],
    [
      { id: "f", stages: [{ ...good, shares: 1 }], more: {} },
      "stages[0] as known keys: current value is shares",
    ],
    [{ id: "f", stages: [good], more: { x: NaN } }, "more.x as a number: current value is NaN"],
    [
      { id: "f", stages: [good], more: {}, extra: 1 },
      "the top as known keys: current value is extra",
    ],
  ];
  for (const [value, says] of cases) equal(wrong(file, value), says);
});

Deno.test("a number is finite and within its bounds; a record has allowed keys; a condition holds", () => {
  for (const value of [Infinity, -Infinity, NaN, "1", null, undefined, true, 1n]) {
    ok(wrong(number(), value)?.includes("as a number:"));
  }
  const half = number({ min: 0, below: 0.5, wanted: "a half" });
  for (const value of [0, 0.49]) equal(wrong(half, value), undefined);
  for (const value of [-1e-9, 0.5]) {
    equal(wrong(half, value), `the top as a half: current value is ${value}`);
  }
  const keyed = record(anything, ["a", "b"]);
  equal(wrong(keyed, { b: 1 }), undefined);
  equal(wrong(keyed, { b: 1, c: 2 }), "the top as known keys: current value is c");
  const either = where(
    mapping({ a: optional(flag), b: optional(flag) }),
    "one of a and b",
    (one) => (one.a === undefined) !== (one.b === undefined),
  );
  equal(wrong(either, { a: true }), undefined);
  ok(wrong(either, {})?.startsWith("the top as one of a and b"));
  // Keys of every object are none of a file's.
  equal(wrong(mapping({ toString: optional(flag) }), {}), undefined);
  throws(() => readShape(() => missing(), 1), /a fault of its own/);
});

function missing(): never {
  throw new TypeError("a fault of its own");
}
