import { ok, strictEqual } from "#assert";
import { type Example, examplesOf, runExamples } from "./examples.ts";

const ROOT = new URL("../", import.meta.url);

/** Examples in the files of a folder whose names pass. */
function collect(folder: string, takes: (path: string) => boolean): Example[] {
  const found: Example[] = [];
  const entries = [...Deno.readDirSync(new URL(folder, ROOT))];
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) found.push(...collect(`${path}/`, takes));
    else if (takes(path)) {
      found.push(...examplesOf(path, Deno.readTextFileSync(new URL(path, ROOT))));
    }
  }
  return found;
}

async function allRun(examples: readonly Example[]): Promise<void> {
  const { code, output } = await runExamples(ROOT, examples);
  strictEqual(code, 0, output);
}

Deno.test("the examples in docs/ and in documentation comments run, and pass the laws they call", async () => {
  const pages = collect("docs/", (path) => path.endsWith(".md"));
  ok(pages.length >= 9, `${pages.length} in pages`);
  const comments = collect(
    "lib/",
    (path) => /\.ts$/.test(path) && !/_(test|bench)\.ts$/.test(path),
  );
  ok(comments.length >= 50, `${comments.length} in comments`);
  // In one process, which checks the types of what they import once.
  await allRun([...pages, ...comments]);
});

Deno.test("examplesOf() takes blocks from pages and from documentation comments", () => {
  const page = "Text\n```ts\n// lib/sim/a.ts\nexport const a = 1;\n```\n```sh\nls\n```\n";
  const [inPage, ...others] = examplesOf("docs/x.md", page);
  strictEqual(others.length, 0);
  strictEqual(inPage.name, "docs/x.md:2");
  strictEqual(inPage.path, "lib/sim/a.ts");
  const source =
    '/**\n * @example\n * ```ts\n * f("```");\n *\n * g();\n * ```\n */\nconst x = "```ts";\n';
  const [inSource] = examplesOf("lib/sim/b.ts", source);
  strictEqual(inSource.code, 'f("```");\n\ng();');
  strictEqual(inSource.path, "lib/sim/b.ts");
});

Deno.test("runExamples() fails on an example that throws, does not type-check or breaks a law", async () => {
  const broken = [
    'throw new Error("as an example");',
    "const count: number = 'five';",
    'Deno.test("a law", () => { throw new Error("broken"); });',
  ];
  for (const code of broken) {
    const result = await runExamples(ROOT, [{ name: "docs/x.md:1", path: "README.md", code }]);
    strictEqual(result.code, 1);
    ok(result.output.includes("docs/x.md:1"), result.output);
  }
});

Deno.test("runExamples() lets a block import an earlier one of its page by the file that it names", async () => {
  const page = "```ts\n// lib/sim/made_up.ts\nexport const one = 1;\n```\n" +
    '```ts\n// lib/stats/made_up_test.ts\nimport { one } from "../sim/made_up.ts";\n' +
    "if (one !== 1) throw new Error();\n```\n";
  await allRun(examplesOf("docs/x.md", page));
});
