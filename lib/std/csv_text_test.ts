import { equal, notEqual } from "#assert";
import fc from "fast-check";
import { markedText, plainText } from "./csv_text.ts";

/** Texts made of what matters here. */
const texts = fc.string({
  unit: fc.constantFrom(..."=+-@\t\r\n';|,\"a1＝＠ "),
  maxLength: 8,
});

Deno.test("markedText() leaves no cell that begins like a formula", () => {
  const formula = /^[=+\-@\t\r\n＝＋－＠]/;
  fc.assert(fc.property(texts, (text) => {
    equal(formula.test(markedText(text)), false);
    for (const cell of markedText(text, true).split(/[;|]/)) equal(formula.test(cell), false);
  }));
});

Deno.test("plainText() gives back every text that was marked", () => {
  fc.assert(
    fc.property(texts, fc.boolean(), (text, everywhere) => {
      equal(plainText(markedText(text, everywhere)), text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("markedText() marks what a spreadsheet computes and nothing else", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"]) {
    notEqual(markedText(text), text);
  }
  for (const text of ["", "llama-3.1-8b", "a=b", "it's", "'quoted'", " =1", "a;=1"]) {
    equal(markedText(text), text);
  }
  equal(markedText("a;=1|-2", true), "a;'=1|'-2");
});
