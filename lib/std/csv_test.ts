import { deepEqual, equal, throws } from "#assert";
import fc from "fast-check";
import { parse, stringify } from "./csv.ts";

const field = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r\n", " ", ";", "#") });
const rows = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 })
);

Deno.test("parse() reads back what stringify() wrote, quotes and line ends included", () => {
  fc.assert(fc.property(rows, (table) => {
    // A row of one empty field looks like an empty line, which readers leave out.
    fc.pre(table.every((row) => row.length > 1 || row[0] !== ""));
    deepEqual(parse(stringify(table)), table);
  }));
});

Deno.test("parse() makes records of a header, or of columns", () => {
  deepEqual(parse("\uFEFFa,b\n1,2\n\n3,4\n", { skipFirstRow: true }), [
    { a: "1", b: "2" },
    { a: "3", b: "4" },
  ]);
  deepEqual(parse("1;2", { columns: ["x", "y"], separator: ";" }), [{ x: "1", y: "2" }]);
});

Deno.test("parse() names the line of a row with the wrong number of fields", () => {
  throws(() => parse("a,b\n1,2\n3\n", { skipFirstRow: true }), /^SyntaxError: .*line 3/);
  throws(() => parse("1,2\n3\n", { fieldsPerRecord: 0 }), /line 2/);
  deepEqual(parse("1,2\n3\n"), [["1", "2"], ["3"]]);
});

Deno.test("parse() refuses a stray quote", () => {
  throws(() => parse('a,b"c\n1,2'), /^SyntaxError: .* in field 1\) at line 1$/);
  throws(() => parse('a\n"b"c\n'), /^SyntaxError: .* \(invalid closing quote\) at line 2$/);
  throws(() => parse('"a\n\nb"\n"c'), /^SyntaxError: .* \(quote not closed\) at line 4$/);
});

Deno.test("stringify() writes records by column with a header", () => {
  const records = [{ b: 2.5, a: "x,y" }, { a: null, b: true }];
  equal(stringify(records, { columns: ["a", "b"], crlf: false }), 'a,b\n"x,y",2.5\n,true\n');
  equal(stringify(records, { columns: ["b"], headers: false }), "2.5\r\ntrue\r\n");
  throws(() => stringify(records), TypeError);
});

Deno.test("parse() counts line ends within quotes", () => {
  throws(() => parse('a,"x\ny\r\nz"\n3\n', { fieldsPerRecord: 0 }), /line 4 as 2 fields/);
});

Deno.test("parse() leaves out empty lines, comments and leading space, and nothing else", () => {
  deepEqual(parse('#x\na#b\n\r\n""\n #c\n', { comment: "#" }), [["a#b"], [""], [" #c"]]);
  const options = { comment: "#", trimLeadingSpace: true };
  deepEqual(parse('  #c\n a,\t"b"\n', options), [["a", "b"]]);
  deepEqual(parse("a||b|c||", { separator: "||" }), [["a", "b|c", ""]]);
  deepEqual(parse("a\rb,c\r\n"), [["a\rb", "c"]]);
  throws(() => parse("a", { separator: "" }), RangeError);
});

Deno.test("parse() reads one column of many rows", () => {
  equal(parse("1\n".repeat(200_000)).length, 200_000);
});
