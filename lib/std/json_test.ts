import { deepEqual, equal, throws } from "#assert";
import fc from "fast-check";
import { TextSyntaxError } from "./input_error.ts";
import { parseJson } from "./json.ts";

Deno.test("parseJson() reads what JSON.stringify() wrote", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    equal(JSON.stringify(parseJson(text)), JSON.stringify(JSON.parse(text)));
  }));
});

Deno.test("parseJson() accepts what JSON.parse() does but for keys that stand twice and depth", () => {
  const part = fc.constantFrom(...'[]{},:"\\ \n', "1", "-", "0", ".5", "e3", '"a"', "true", "null");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join("");
      let wanted: unknown;
      try {
        wanted = JSON.stringify(JSON.parse(text));
      } catch {
        throws(() => parseJson(text), TextSyntaxError, text);
        return;
      }
      let found: unknown;
      try {
        found = JSON.stringify(parseJson(text));
      } catch (error) {
        equal((error as TextSyntaxError).reason, "a key stands twice in an object");
        return;
      }
      equal(found, wanted);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseJson() takes NaN and infinities as Python writes them", () => {
  deepEqual(parseJson("[NaN, Infinity, -Infinity]"), [NaN, Infinity, -Infinity]);
});

Deno.test("parseJson() names the place and quotes nothing", () => {
  const cases: [string, number, number, RegExp][] = [
    ["", 1, 1, /too early/],
    ["root:secret", 1, 1, /unexpected/],
    ['{\n "a": secret}', 2, 7, /unexpected/],
    ['{"a": 1, "a": 2}', 1, 10, /twice/],
    ["[1] secret", 1, 5, /after the end/],
    ['["secret', 1, 2, /not closed/],
    ['["a\nb"]', 1, 2, /line break/],
    ["[".repeat(100_000), 1, 101, /100 levels/],
    ['{"a":'.repeat(100_000), 1, 501, /100 levels/],
  ];
  for (const [text, line, column, reason] of cases) {
    throws(() => parseJson(text), (error: unknown) => {
      if (!(error instanceof TextSyntaxError)) return false;
      deepEqual([error.line, error.column], [line, column], text.slice(0, 20));
      return reason.test(error.reason) && !error.message.includes("secret");
    });
  }
});

Deno.test("parseJson() keeps __proto__ as a plain key", () => {
  const value = parseJson('{"__proto__": {"hidden_size": 1}}') as Record<string, unknown>;
  deepEqual(Object.keys(value), ["__proto__"]);
  equal(value.hidden_size, undefined);
});
