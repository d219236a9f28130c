import { deepEqual, throws } from "#assert";
import { parse } from "./yaml.ts";
import { parseEntries } from "./yaml_entries.ts";

const LIST = `# Comment - not an entry
- name: one
  parts:
    - 1
    - { two: 2 }
# between
- { name: two }
-   name: three
    text: "- no entry"
`;

Deno.test("parseEntries() of all entries is parse()", () => {
  deepEqual(parseEntries(LIST, () => true), parse(LIST));
});

Deno.test("parseEntries() reads the wanted entries alone", () => {
  deepEqual(
    parseEntries(LIST, (text) => /name: t/.test(text)),
    (parse(LIST) as unknown[]).slice(1),
  );
  deepEqual(parseEntries(`${LIST}- {`, (text) => text.includes("one")), [
    (parse(LIST) as unknown[])[0],
  ]);
  deepEqual(parseEntries("", () => true), []);
  throws(() => parseEntries(`${LIST}- {`, () => true), SyntaxError);
});
