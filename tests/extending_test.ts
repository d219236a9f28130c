/**
 * The recipe of docs/extending.md, done as it is written: its files and lines are put into a copy of
 * the repository, which then passes the laws, simulates with the new names, and type-checks.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "#assert";
import { copyTree } from "../lib/cli/mutate/tree_copy.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

/** What the copy is made of. */
const COPIED = "data deno.json deno.lock docs entries experiments lib mod.ts tests".split(" ");

/** A block of a page: the file that its first line names, and the lines below. */
interface Block {
  readonly language: string;
  readonly path: string;
  readonly lines: readonly string[];
}

/** Blocks of each section of a page that name a file, by the section's anchor. */
function blocksOf(page: string): Map<string, Block[]> {
  const sections = new Map<string, Block[]>();
  for (const section of page.split(/^## /m).slice(1)) {
    const anchor = section.slice(0, section.indexOf("\n")).toLowerCase().replaceAll(" ", "-");
    const blocks = [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(
      ([, language, text]): Block[] => {
        const [first, ...lines] = text.trimEnd().split("\n");
        const path = /^ ?(?:\/\/|#) (\S+)$/.exec(first)?.[1];
        return path === undefined ? [] : [{ language, path, lines: [first, ...lines] }];
      },
    );
    sections.set(anchor, blocks);
  }
  return sections;
}

/** A text with the lines that a block adds to it: each behind the line that stands before it there. */
function withLines(text: string, { path, lines }: Block): string {
  const result = text.split("\n");
  let at: number | undefined;
  const first: string[] = [];
  for (const line of lines.slice(1)) {
    if (!line.startsWith("+")) {
      at = result.indexOf(line.slice(1), at === undefined ? 0 : at + 1);
      ok(at >= 0, `${path} has no line "${line.slice(1)}"`);
    } else if (at === undefined) {
      first.push(line.slice(1));
    } else {
      result.splice(++at, 0, line.slice(1));
    }
  }
  const isCode = path.endsWith(".ts");
  return isCode ? [...first, ...result].join("\n") : [text.trimEnd(), ...first].join("\n") + "\n";
}

function filesBelow(path: string): string[] {
  if (!Deno.statSync(ROOT + path).isDirectory) return [path];
  return [...Deno.readDirSync(ROOT + path)].flatMap(({ name }) => filesBelow(`${path}/${name}`))
    .sort();
}

/** The files of a copy that differ from the repository's. */
function changedFiles(copy: string, files: readonly string[], added: readonly string[]): string[] {
  return [...files, ...added].filter((file) => {
    const now = Deno.readTextFileSync(copy + file);
    return added.includes(file) || now !== Deno.readTextFileSync(ROOT + file);
  }).sort();
}

/** What a run of Deno prints. */
function deno(cwd: string, ...args: string[]): Promise<string> {
  return denoThatEnds(0, cwd, ...args);
}

async function denoThatEnds(wanted: number, cwd: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  const output = text.decode(stdout) + text.decode(stderr);
  strictEqual(code, wanted, `deno ${args.join(" ")}\n${output.slice(-4000)}`);
  return output;
}

/** Files that `deno task reference` makes from declarations, and a name of the page in each. */
const GENERATED: Readonly<Record<string, string>> = {
  "docs/configuration.md": "per_queue",
  "docs/metrics.md": "instances_up",
  "docs/traces.md": "milliseconds",
  "lib/config/configuration.ts": "per_queue",
  "lib/metrics/run_columns.ts": "dispatches",
  "lib/metrics/run_summary.ts": "output_tokens_per_gpu_hour",
};

/** Columns and figures of the page, by the file of results that has them. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  "requests.csv": ["prefill_s", "dispatches"],
  "timeseries.csv": ["instances_up"],
  "instances.csv": ["length_s"],
  "summary.json": ["output_tokens_per_gpu_hour"],
};

/** Tests of what is made from declarations; they pass whatever is declared. */
const OF_DECLARATIONS = [
  "lib/results/result_tables_test.ts",
  "lib/results/summary_type_test.ts",
  "lib/results/write_results_test.ts",
  "lib/metrics/figures/evaluate_test.ts",
  "lib/report/figures_test.ts",
];

/** Columns of a CSV file by name. */
function columnsOfCsv(path: string): Map<string, readonly string[]> {
  const [head, ...rows] = Deno.readTextFileSync(path).trim().split("\n").map((row) =>
    row.split(",")
  );
  return new Map(head.map((name, i) => [name, rows.map((row) => row[i])]));
}

/** Simulates and looks for the page's columns and figures in print and in files. */
async function checkResults(root: string, file: string): Promise<void> {
  const out = `${root}results/new`;
  const args = ["task", "simulate", file, "--out", out, "--format", "csv"];
  const printed = await deno(root, ...args);
  ok(/^throughput .* output tokens per GPU hour$/m.test(printed), printed);
  for (const [name, said] of Object.entries(WRITTEN)) {
    const text = Deno.readTextFileSync(`${out}/${name}`);
    for (const word of said) ok(text.includes(word), `${word} in ${name}`);
  }
  const requests = columnsOfCsv(`${out}/requests.csv`);
  const rows = requests.get("dispatches")!;
  deepStrictEqual(rows, rows.map(() => "1"));
  requests.get("prefill_s")!.forEach((seconds, row) => {
    const delay = Number(requests.get("scheduling_delay_s")![row]);
    const ttft = Number(requests.get("ttft_s")![row]);
    ok(Math.abs(Number(seconds) + delay - ttft) < 1e-9, `row ${row}`);
  });
  const { gpu_hours, requests: counts, ...figures } = JSON.parse(
    Deno.readTextFileSync(`${out}/summary.json`),
  );
  const tokens = requests.get("output_tokens")!.reduce((sum, each) => sum + Number(each), 0);
  strictEqual(counts.completed, rows.length);
  ok(Math.abs(figures.output_tokens_per_gpu_hour * gpu_hours / tokens - 1) < 1e-9);
}

/** The names that the page's policies have, by the test file of their kind. */
const LAWS: Readonly<Record<string, string>> = {
  "lib/serverless/scaling/scaling_test.ts": "per-queue scaling",
  "lib/serverless/keep_alive/keep_alive_test.ts": "twice-longest keep-alive",
  "lib/serverless/placement/placement_test.ts": "most-memory",
  "lib/scheduling/routing/routing_test.ts": "fill-first routing",
  "lib/scheduling/batching/batching_test.ts": "one-prompt batching, leap mode",
  "lib/scheduling/batching/waiting_queue_test.ts": "longest-prompt order",
  "lib/scheduling/admission/admission_test.ts": "least-prompt gateway order",
  "lib/workload/arrivals/arrivals_test.ts": "even-gaps arrivals",
  "lib/workload/lengths/lengths_test.ts": "short-or-long lengths",
  "lib/execution/sources/sources_test.ts": "per-token source",
  "lib/workload/traces/traces_test.ts": "milliseconds trace format",
};

Deno.test("each addition of docs/extending.md touches the files that its table counts, and works", async () => {
  const page = Deno.readTextFileSync(`${ROOT}docs/extending.md`);
  const sections = blocksOf(page);
  const files = COPIED.flatMap(filesBelow);
  const copy = await copyTree(ROOT, files);
  try {
    const added: string[] = [];
    const apply = (anchor: string, count: string) => {
      const touched = new Set<string>();
      for (const block of sections.get(anchor) ?? []) {
        const path = copy.root + block.path;
        if (block.language === "diff") {
          const text = Deno.readTextFileSync(path);
          Deno.writeTextFileSync(path, withLines(text, block));
        } else {
          Deno.writeTextFileSync(path, block.lines.join("\n") + "\n");
          added.push(block.path);
        }
        touched.add(block.path);
      }
      strictEqual(touched.size, Number(count), `${anchor}: ${[...touched].join(", ")}`);
    };
    const counted = [...page.matchAll(/^\| \[[^\]]+\]\(#([\w-]+)\) +\| (\d) +\|/gm)];
    ok(counted.length >= 19, `${counted.length} rows`);
    // All but the last, whose line takes a type that `deno task reference` makes.
    for (const [, anchor, count] of counted.slice(0, -1)) apply(anchor, count);
    const filter = `/${Object.values(LAWS).join("|")}|peak pool/`;
    const laws = await deno(
      copy.root,
      ...["test", "-A", "--no-check", `--filter=${filter}`],
      ...Object.keys(LAWS),
    );
    for (const name of [...Object.values(LAWS), "peak pool"]) {
      ok(laws.split("\n").some((line) => line.includes(name) && line.includes("... ok")), name);
    }
    const yaml = /^```yaml\n(workload:[^]*?)^```$/m.exec(page)![1];
    // Whole, since a task counts paths from where the first task of all was called.
    const file = `${copy.root}new.yaml`;
    Deno.writeTextFileSync(file, yaml);
    const summary = await deno(copy.root, "task", "simulate", file);
    ok(/requests +200 arrived, 200 completed/.test(summary), summary);
    ok(!summary.includes("no effect"), summary);
    const misspelt = ["task", "simulate", file, "--set", "scaling.policy=per-quue"];
    const refused = await denoThatEnds(2, copy.root, ...misspelt);
    ok(refused.includes('did you mean "per-queue"?'), refused);
    const listed = await deno(copy.root, "task", "list", "scaling");
    ok(/^per-queue +target, hold +As many/m.test(listed), listed);
    const [, anchor, count] = counted.at(-1)!;
    strictEqual(anchor, "request-columns");
    apply(anchor, count);
    const before = changedFiles(copy.root, files, added);
    await deno(copy.root, "task", "reference");
    const changed = changedFiles(copy.root, files, added).filter((name) => !before.includes(name));
    deepStrictEqual(changed, Object.keys(GENERATED));
    for (const [name, said] of Object.entries(GENERATED)) {
      ok(Deno.readTextFileSync(copy.root + name).includes(said), name);
    }
    // Types are read by no run: those of the program, and of what tests the additions.
    const program = [
      "mod.ts",
      "lib/cli/main.ts",
      "lib/cli/simulate/simulate.ts",
      "lib/cli/list.ts",
    ];
    await deno(copy.root, "check", ...program, ...Object.keys(LAWS), ...OF_DECLARATIONS);
    await deno(copy.root, "test", "-A", "--no-check", ...OF_DECLARATIONS);
    await checkResults(copy.root, file);
  } finally {
    await copy.remove();
  }
});

Deno.test("a block's lines are put behind the line that stands before them", () => {
  const lines = [" // a.ts", "+import x;", "   one,", "+  x,"];
  const block = { language: "diff", path: "a.ts", lines };
  strictEqual(
    withLines("import y;\nlist = [\n  one,\n];\n", block),
    [
      "import x;",
      "import y;",
      "list = [",
      "  one,",
      "  x,",
      "];\n",
    ].join("\n"),
  );
});
