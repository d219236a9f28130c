import { deepEqual, throws } from "#assert";
import { parse } from "./yaml.ts";
import { eachEntry, parseAt, parseEntries, parseEntriesAt } from "./yaml_entries.ts";

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

/** Data files that are read in parts. */
const FILES = [
  "hardware/efficiency",
  "hardware/layers",
  "hardware/attention_kernels",
  "prices/aws",
];

Deno.test("parseAt() of any path is what stands there in the whole document", () => {
  const at = (document: unknown, path: readonly string[]) =>
    path.reduce((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
  for (const file of FILES) {
    const text = Deno.readTextFileSync(new URL(`../../data/${file}.yaml`, import.meta.url));
    const document = parse(text) as Record<string, Record<string, unknown>>;
    for (const key of Object.keys(document)) {
      deepEqual(parseAt(text, [key]), document[key], `${file} ${key}`);
      if (!text.includes(`\n${key}:\n`) || Array.isArray(document[key])) continue;
      for (const inner of Object.keys(document[key])) {
        deepEqual(parseAt(text, [key, inner]), at(document, [key, inner]), `${key}.${inner}`);
      }
    }
    deepEqual(parseAt(text, ["nothing"]), undefined);
  }
});

Deno.test("parseAt() stops where its key ends", () => {
  const text = "# one: 1\na:\n  # x\n  one: {\n    b: 1 }\n  oneb: 2\n  two:\n  - 1\n  - 2\nb: 3\n";
  deepEqual(parseAt(text, ["a", "one"]), { b: 1 });
  deepEqual(parseAt(text, ["a", "oneb"]), 2);
  deepEqual(parseAt(text, ["a", "two"]), [1, 2]);
  deepEqual(parseAt(text, ["a", "b"]), undefined);
  deepEqual(parseAt(text, ["b"]), 3);
  deepEqual(parseAt("", ["b"]), undefined);
  deepEqual(parseAt(text, []), parse(text));
});

Deno.test("eachEntry() reads no entry before it is asked for", () => {
  const [first] = eachEntry("- 1\n- {", () => true);
  deepEqual(first, 1);
});

Deno.test("parseEntriesAt() reads the wanted entries of a list under a key", () => {
  const text = Deno.readTextFileSync(new URL("../../data/prices/aws.yaml", import.meta.url));
  const { prices } = parse(text) as { prices: { gpu: string }[] };
  deepEqual(parseEntriesAt(text, "prices", () => true), prices);
  const h100 = prices.filter(({ gpu }) => gpu === "H100");
  deepEqual(parseEntriesAt(text, "prices", (entry) => /gpu: H100\b/.test(entry)), h100);
  deepEqual(parseEntriesAt(text, "nothing", () => true), []);
});
