import { deepEqual, equal, throws } from "#assert";
import fc from "fast-check";
import { parse, parseAll, stringify, YamlSyntaxError } from "./yaml.ts";

const value = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z_0-9]{1,8}$/), tie("tree"), { maxKeys: 4 }),
  ),
})).tree;

Deno.test("parse() reads back what stringify() wrote", () => {
  fc.assert(fc.property(value, (tree) => {
    // JSON has no -0 and no mappings without a prototype: compare what a reader would see.
    deepEqual(JSON.stringify(parse(stringify(tree))), JSON.stringify(tree));
  }));
});

Deno.test("parse() reads numbers, words and dates as YAML 1.2 does", () => {
  deepEqual(parse("[6.03e-08, 1e-5, yes, 010, ~, 2024-01-01]"), [
    6.03e-8,
    1e-5,
    "yes",
    10,
    null,
    "2024-01-01",
  ]);
});

Deno.test("parse() reads an empty text and a text of comments as null", () => {
  equal(parse(""), null);
  equal(parse("# nothing\n"), null);
});

Deno.test("parse() names line and column of a mistake", () => {
  throws(() => parse("a: 1\nb: [1, 2\nc: 3"), (error: unknown) => {
    return error instanceof YamlSyntaxError && error.line === 3 && error.column === 1 &&
      error.message.includes("line 3, column 1");
  });
});

Deno.test("parse() refuses a key that stands twice and a second document", () => {
  throws(() => parse("a: 1\na: 2"), SyntaxError);
  throws(() => parse("a: 1\n---\nb: 2"), SyntaxError);
  deepEqual(parseAll("a: 1\n---\nb: 2"), [{ a: 1 }, { b: 2 }]);
});

Deno.test("parse() takes aliases, and refuses those that hold themselves or stand for too much", () => {
  deepEqual(parse("a: &a [1]\nb: [*a, *a]"), { a: [1], b: [[1], [1]] });
  const levels = Array.from(
    "bcdefghij",
    (name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefghi"[i]}`).join(", ")}]\n`,
  );
  const traps: [string, RegExp][] = [
    [`a: &a [x, x]\n${levels.join("")}`, /more than 1000000 values/],
    ["a: &a [*a]", /part of/],
    ["a: &a { b: [1, { c: *a }] }", /part of/],
    ["[".repeat(100_000), /maxDepth/],
    ["- ".repeat(100_000), /maxDepth/],
    [`*${"x".repeat(1e6)}`, /unidentified alias/],
  ];
  for (const [text, reason] of traps) {
    throws(
      () => parse(text),
      (error: unknown) =>
        error instanceof YamlSyntaxError && reason.test(error.reason) && error.message.length < 300,
    );
  }
});

Deno.test("stringify() refuses a function", () => {
  throws(() => stringify({ f: () => 1 }), TypeError);
});

Deno.test("parse() and parseAll() read a closing bracket in the column of its key", () => {
  const text = "workload: {\n  type: poisson,\n}\nlist: [\n  1,\n  { a: 2 }\n]\n";
  const value = { workload: { type: "poisson" }, list: [1, { a: 2 }] };
  deepEqual(parse(text), value);
  deepEqual(parseAll(`${text}---\n${text}`), [value, value]);
  // A text that is no YAML either way fails where it stands.
  throws(() => parse("a: {\n  b: 1,\n}\nc: [\n"), { line: 5 });
});

Deno.test("parse() replaces << by the keys that it stands for, the mapping's own first", () => {
  const text = "base: &base { a: 1, b: 2 }\nother: &other { b: 3, c: 4 }\n" +
    "one: { <<: *base, b: 5 }\ntwo: { <<: [*base, *other] }\n";
  const { one, two } = parse(text) as Record<string, Record<string, number>>;
  deepEqual([{ ...one }, { ...two }], [{ a: 1, b: 5 }, { b: 2, c: 4, a: 1 }]);
});
