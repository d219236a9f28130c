import { deepStrictEqual, ok, strictEqual } from "#assert";
import { madeUpRun } from "../lib/results/made_up_run.ts";
import {
  instanceTable,
  requestTable,
  timeSeriesTable,
  tokenGapTable,
} from "../lib/results/result_tables.ts";
import { OUTCOMES } from "../lib/metrics/run_tables.ts";

const ROOT = new URL("../", import.meta.url);

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The pages at the root and in docs/. */
function pages(): string[] {
  const docs = [...Deno.readDirSync(new URL("docs/", ROOT))]
    .filter(({ name }) => name.endsWith(".md")).map(({ name }) => `docs/${name}`);
  return ["README.md", "CHANGELOG.md", "SECURITY.md", ...docs.sort()];
}

Deno.test("the README's guide to a paper's figure runs as it stands", async () => {
  const guide = /## Reproduce a figure of a paper\n\n```sh\n([^]*?)```/.exec(read("README.md"))![1];
  const lines = guide.trim().split("\n");
  ok(lines.length <= 10, "at most ten lines");
  for (const line of lines) {
    const [program, ...args] = line.split(" ");
    strictEqual(program, "deno");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
    strictEqual(code, 0, `${line}: ${new TextDecoder().decode(stderr)}`);
  }
});

Deno.test("the README's table of commands is the list of tasks", () => {
  const { tasks } = JSON.parse(read("deno.json")) as {
    tasks: Record<string, { description: string }>;
  };
  const rows = read("README.md").matchAll(/^\| `deno task ([a-z:]+)` +\| (.*?) +\|$/gm);
  const listed = Object.fromEntries([...rows].map(([, name, text]) => [name, text]));
  const declared = Object.fromEntries(
    Object.entries(tasks).map(([name, { description }]) => [name, description]),
  );
  deepStrictEqual(
    Object.entries(listed).sort(),
    Object.entries(declared).sort(),
  );
});

Deno.test("the README's configuration is one", async () => {
  const text = /```yaml\n([^]*?)```/.exec(read("README.md"))![1];
  const { loadConfig } = await import("../lib/config/load.ts");
  const config = loadConfig(text);
  strictEqual(config.simulation.duration, 1800);
  strictEqual(config.workload.arrival_rate, 4);
});

Deno.test("links in the pages lead to files that are there", () => {
  const broken: string[] = [];
  for (const page of pages()) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      try {
        Deno.statSync(new URL(target, new URL(page, ROOT)));
      } catch {
        broken.push(`${page}: ${target}`);
      }
    }
  }
  deepStrictEqual(broken, []);
});

Deno.test("docs/metrics.md defines every column, every figure of the summary, every outcome", () => {
  const page = read("docs/metrics.md");
  const run = madeUpRun(100);
  const names = [requestTable, timeSeriesTable, instanceTable, tokenGapTable]
    .flatMap((table) => table(run).columns.map(({ name }) => name));
  names.push(...OUTCOMES);
  for (const [key, value] of Object.entries(run.summary)) {
    if (Array.isArray(value)) names.push(`${key}[]`);
    // Latencies are defined once: mean, max and the percentiles.
    else if (value === null || typeof value !== "object" || "mean" in value) names.push(key);
    else names.push(...Object.keys(value).map((name) => `${key}.${name}`));
  }
  deepStrictEqual(names.filter((name) => !page.includes(`\`${name}\``)), []);
});

Deno.test("docs/architecture.md draws the house as its test knows it", async () => {
  const { ROWS } = await import("./house.ts");
  const page = read("docs/architecture.md");
  const rows = [...page.matchAll(/^\| \d+ +\| ((?:`[a-z]+`(?:, )?)+) +\|/gm)]
    .map(([, rooms]) => rooms.match(/[a-z]+/g));
  deepStrictEqual(rows, ROWS.map((row) => [...row]));
});

Deno.test("docs/architecture.md names files and folders that are there", () => {
  const named = read("docs/architecture.md").match(/`[a-z_]+(?:\/[a-z_]+)*\/?(?:\.ts)?`/g)!
    .map((name) => name.slice(1, -1)).filter((name) => name.includes("/"));
  ok(named.length > 15, `${named.length} names`);
  const isThere = (path: string) => {
    try {
      return Deno.statSync(new URL(path, ROOT)) !== undefined;
    } catch {
      return false;
    }
  };
  deepStrictEqual(named.filter((name) => !isThere(name) && !isThere(`lib/${name}`)), []);
});
