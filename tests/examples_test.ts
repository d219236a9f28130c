import { deepStrictEqual, ok, strictEqual } from "#assert";
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

/** The README's example, which prints the p99 of the time to first token: with a check in its place. */
function readmeExample(): Example {
  const [example] = examplesOf("README.md", Deno.readTextFileSync(new URL("README.md", ROOT)));
  const lines = example.code.split("\n").filter((line) => line.trim() !== "");
  ok(lines.length <= 5, "five lines");
  const last = lines.pop()!;
  const printed = /^console\.log\((.*)\);$/.exec(last)?.[1];
  ok(printed, last);
  const check = `const printed = ${printed};
    if (!(typeof printed === "number" && printed > 0 && printed < 600)) {
      throw new Error("p99 of the TTFT is " + printed);
    }`;
  return { ...example, code: [...lines, check].join("\n") };
}

Deno.test("the examples of the README, in docs/ and in documentation comments run, and pass the laws they call", async () => {
  const pages = collect("docs/", (path) => path.endsWith(".md"));
  ok(pages.length >= 9, `${pages.length} in pages`);
  const comments = collect(
    "lib/",
    (path) => /\.ts$/.test(path) && !/_(test|bench)\.ts$/.test(path),
  );
  ok(comments.length >= 50, `${comments.length} in comments`);
  // In one process, which checks the types of what they import once.
  await allRun([readmeExample(), ...pages, ...comments]);
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
  const failing = async (...broken: string[]) => {
    const examples = ["const good = 1;", ...broken].map((code, i) => ({
      ...{ name: `docs/x.md:${i}`, path: "README.md", code },
    }));
    const { code, output } = await runExamples(ROOT, examples);
    strictEqual(code, 1);
    return examples.map(({ name }) => name).filter((name) => output.includes(name));
  };
  deepStrictEqual(await failing("const count: number = 'five';"), ["docs/x.md:1"]);
  const law = 'Deno.test("a law", () => { throw new Error("broken"); });';
  const error = 'throw new Error("as an example");';
  deepStrictEqual(await failing(error, "const fine = 2;", error, law), [
    ...["docs/x.md:1", "docs/x.md:3", "docs/x.md:4"],
  ]);
});

Deno.test("runExamples() lets a block import an earlier one of its page by the file that it names", async () => {
  const page = "```ts\n// lib/sim/made_up.ts\nexport const one = 1;\n```\n" +
    '```ts\n// lib/stats/made_up_test.ts\nimport { one } from "../sim/made_up.ts";\n' +
    "if (one !== 1) throw new Error();\n```\n";
  await allRun(examplesOf("docs/x.md", page));
});
