import { equal, ok } from "#assert";
import fc from "fast-check";
import { cutText, safeLines, safeText, shownName, shownNames } from "./safe_text.ts";
import { showValue } from "./show_value.ts";

// deno-lint-ignore no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const text = fc.string({ unit: "binary", maxLength: 300 });

Deno.test("safeText() leaves nothing that a terminal obeys, and harmless text as it is", () => {
  fc.assert(fc.property(text, (value) => !OBEYED.test(safeText(value))));
  equal(
    safeText("\x1b[31mred\u009b0m\u202egnp.exe\r\n"),
    "\\u001b[31mred\\u009b0m\\u202egnp.exe\\u000d\\u000a",
  );
  equal(safeText("Größe 模型 🙂 a\u0301"), "Größe 模型 🙂 a\u0301");
  equal(safeText("half \ud83d"), "half \\ud83d");
});

Deno.test("safeText() of a JSON text is the same JSON", () => {
  fc.assert(fc.property(text, (value) => JSON.parse(safeText(JSON.stringify(value))) === value));
});

Deno.test("safeLines() keeps line breaks and tabs", () => {
  equal(safeLines("a\n\tb\x07"), "a\n\tb\\u0007");
});

Deno.test("cutText() keeps short texts, and says how long a long one is", () => {
  equal(cutText("x".repeat(80)), "x".repeat(80));
  equal(cutText("x".repeat(10_000_000)), `${"x".repeat(80)}... (10000000 characters)`);
  ok(!/\p{Surrogate}/u.test(cutText("🙂".repeat(90), 81)));
});

Deno.test("shownNames() shows ten and counts the others", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `n${i}`);
  equal(shownNames(names), "n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 19990 more");
  equal(shownNames(["a", "b"]), "a, b");
  equal(shownName("\x1b".repeat(200)).length, 80 + "... (200 characters)".length);
});

Deno.test("showValue() is JSON while it is short, and one safe line whatever the value", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
    const json = JSON.stringify(value);
    const shown = showValue(value);
    if (json.length <= 80 && !Object.is(value, -0) && !/[\u007f-\uffff]/.test(json)) {
      if (!json.includes("-0")) equal(shown, json.replaceAll("-0,", "0,"));
    }
    ok(!OBEYED.test(shown) && shown.length < 600, shown);
  }));
  const self: unknown[] = [];
  self.push(self, { self });
  ok(showValue(self).endsWith("... (2 items)"));
  equal(showValue("y".repeat(100)), `"${"y".repeat(80)}..." (100 characters)`);
  equal(showValue(undefined), "undefined");
  equal(showValue(NaN), "NaN");
});
