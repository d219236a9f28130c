/**
 * Jupyter Notebook itself in a browser: what a reader of notebooks sees. Not among the tests, which it
 * would double: .ci/run has a step for it.
 *
 *     SIMFAAS_ROUNDS=20 deno test --lock=deno.lock -A tests/notebooks/page/page_checks.ts
 *
 * runs each notebook so many times (2 unless told). SIMFAAS_PICTURES names a folder for pictures.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "#assert";
import { findChromium } from "../../browser/chromium.ts";
import { pythonWith } from "../../../lib/cli/notebooks/jupyter_kernel.ts";
import { type NotebookPage, openBrowser, type Output, type ShownCell } from "./notebook_page.ts";
import { type JupyterServer, startJupyter, task } from "./server.ts";

const ROOT = decodeURIComponent(new URL("../../../", import.meta.url).pathname);
const ROUNDS = Number(Deno.env.get("SIMFAAS_ROUNDS") ?? 2);
const PICTURES = Deno.env.get("SIMFAAS_PICTURES");

const program = findChromium();
const ignore = program === undefined || await pythonWith(["notebook"]) === undefined;

type Browser = Awaited<ReturnType<typeof openBrowser>>;

/** What a check has: a folder of notebooks made by "notebooks new", Jupyter in it, a browser. */
interface Place {
  readonly folder: string;
  readonly browser: Browser;
  readonly server: JupyterServer;
}

async function withJupyter(folder: string, use: (place: Place) => Promise<void>): Promise<void> {
  const own = await Deno.makeTempDir({ prefix: "simfaasinfer-page-" });
  try {
    const server = await startJupyter(folder, own);
    try {
      const browser = await openBrowser(program!);
      try {
        await use({ folder, browser, server });
        deepEqual(browser.elsewhere, [], "pages ask no server but their own");
      } finally {
        await browser.close();
      }
    } finally {
      await server.interrupt();
    }
  } finally {
    await Deno.remove(own, { recursive: true });
  }
}

/** Calls `use` with Jupyter in a new folder outside the repository. */
async function withNewFolder(use: (place: Place) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "simfaasinfer-page-" });
  try {
    const folder = `${parent}/my study`;
    await task(parent, "notebooks", "new", "my study");
    await withJupyter(folder, use);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/** Writes a notebook of code cells, and opens it. */
async function openCells({ folder, browser, server }: Place, name: string, sources: string[]) {
  const cells = sources.map((source, i) => ({
    ...{ cell_type: "code", execution_count: null, id: `cell-${i}`, metadata: {}, outputs: [] },
    source: [source],
  }));
  const kernelspec = { display_name: "Deno", language: "typescript", name: "deno" };
  const text = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(text));
  return await browser.open(server.address(`notebooks/${name}`));
}

async function picture(page: NotebookPage, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await Deno.mkdir(PICTURES, { recursive: true });
  await page.picture(`${PICTURES}/${name}.png`);
}

/** False for what showed progress, which is empty at the end. */
function isShown({ output_type, data = {} }: Output): boolean {
  return output_type !== "display_data" || Object.values(data).some((value) => value !== "");
}

/** An output as it can be compared: texts whole, nothing that differs between equal runs. */
function comparable({ output_type, data, text, ename, evalue, traceback }: Output) {
  const joined = (value: unknown) => Array.isArray(value) ? value.join("") : value;
  const parts = Object.entries(data ?? {}).map(([mime, value]) => [mime, joined(value)]);
  return {
    ...{ output_type, data: Object.fromEntries(parts), text: joined(text) },
    ...{ ename, evalue, traceback },
  };
}

/** What a notebook's file has for each code cell. */
function filed(path: string): { source: string; outputs: Output[] }[] {
  const { cells } = JSON.parse(Deno.readTextFileSync(path)) as {
    cells: { cell_type: string; source: string | string[]; outputs: Output[] }[];
  };
  return cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source, outputs }) => ({ source: [source].flat().join(""), outputs }));
}

/** Notebooks of the repository; those that read results only where the experiments have run. */
function ownNotebooks(): string[] {
  const names = Array.from(Deno.readDirSync(`${ROOT}notebooks`), ({ name }) => name)
    .filter((name) => name.endsWith(".ipynb")).sort();
  let hasResults = true;
  try {
    Deno.statSync(`${ROOT}results/experiments/02_cold_start_stages/rows.parquet`);
  } catch {
    hasResults = false;
    console.log('05 is left out: "deno task experiment reproduce" makes what it reads');
  }
  return names.filter((name) => hasResults || !name.startsWith("05"));
}

Deno.test({
  name: `each notebook shows the outputs of its file, each below its own cell, in ${ROUNDS} runs`,
  ignore,
  async fn() {
    await withNewFolder(async (place) => {
      const { folder, browser, server } = place;
      for (const name of ownNotebooks()) {
        await Deno.copyFile(`${ROOT}notebooks/${name}`, `${folder}/${name}`);
        const page = await browser.open(server.address(`notebooks/${name}`));
        const wanted = filed(`${ROOT}notebooks/${name}`);
        ok(wanted.length >= 3);
        for (let round = 0; round < ROUNDS; round++) {
          await page.runAll();
          const shown = await page.cells();
          for (const [i, { source, outputs }] of shown.entries()) {
            equal(source, wanted[i].source);
            deepEqual(
              outputs.filter(isShown).map(comparable),
              wanted[i].outputs.map(comparable),
              `${name}, code cell ${i}, run ${round}`,
            );
          }
        }
        await picture(page, name.replace(".ipynb", ""));
        await page.close();
      }
    });
  },
});

Deno.test({
  name: "a new folder's first notebook runs, is edited, saved and opened again",
  ignore,
  async fn() {
    await withNewFolder(async (place) => {
      const { folder, browser, server } = place;
      const page = await browser.open(server.address("notebooks/first.ipynb"));
      await page.runAll();
      const cells = await page.cells();
      ok(cells.length >= 2);
      for (const { outputs, source } of cells) {
        ok(outputs.length > 0, source);
        ok(outputs.every(({ output_type }) => output_type !== "error"), source);
      }
      ok(cells.some(({ outputs }) => outputs.some(({ data }) => data?.["image/png"])), "a figure");
      await picture(page, "first");
      const edited = "const edited = [1, 2, 3].map((x) => x * 14);\nedited[2]";
      await page.type(0, edited);
      await page.run(0);
      await page.isIdle();
      match((await page.cells())[0].seen, /\b42\b/);
      await page.save();
      const [first] = filed(`${folder}/first.ipynb`);
      equal(first.source, edited);
      match(JSON.stringify(first.outputs), /42/);
      await page.close();
      const again = await browser.open(server.address("notebooks/first.ipynb"));
      const [shown] = await again.cells();
      equal(shown.source, edited);
      match(shown.seen, /\b42\b/);
      await again.close();
    });
  },
});

/** Cells whose last output comes late, each with its number in each output. */
const NUMBERED = Array.from(
  { length: 24 },
  (_, i) =>
    [
      `console.log("<${i}>"); "<${i}>"`,
      `({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "<${i}>", "text/html": "<b>&lt;${i}&gt;</b>" }) })`,
      `for (let k = 0; k < 40; k++) console.log("<${i}>"); console.error("<${i}>"); "<${i}>"`,
      `await new Promise((ready) => setTimeout(ready, 5)); console.log("<${i}>"); ({ at: "<${i}>", big: "x".repeat(20000) })`,
    ][i % 4],
);

/** How many outputs each kind of them makes, streams of one name put together. */
const OUTPUTS = [2, 1, 3, 2];
const lacksOutputs = ({ outputs }: ShownCell, i: number) => outputs.length < OUTPUTS[i % 4];

Deno.test({
  name: `no output of ${NUMBERED.length} cells stands below another one, in ${5 * ROUNDS} runs`,
  ignore,
  async fn() {
    await withNewFolder(async (place) => {
      const page = await openCells(place, "numbered.ipynb", NUMBERED);
      for (let round = 0; round < 5 * ROUNDS; round++) {
        await page.runAll();
        // The page draws when the browser gives it time to; the kernel's reply has a way of its own.
        let cells = await page.cells();
        for (let wait = 0; wait < 100 && cells.some(lacksOutputs); wait++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          cells = await page.cells();
        }
        for (const [i, { outputs }] of cells.entries()) {
          const text = JSON.stringify(outputs);
          const numbers = new Set(Array.from(text.matchAll(/<(\d+)>/g), ([, number]) => number));
          deepEqual([...numbers], [String(i)], `cell ${i}, run ${round}: ${text.slice(0, 300)}`);
          equal(outputs.length, OUTPUTS[i % 4], `cell ${i}, run ${round}`);
        }
      }
      await page.close();
    });
  },
});

/** The one error of a cell, with the text that is seen. */
function errorOf({ outputs, seen }: ShownCell): { says: string; seen: string } {
  const errors = outputs.filter(({ output_type }) => output_type === "error");
  equal(errors.length, 1, JSON.stringify(outputs));
  return { says: `${errors[0].ename}: ${errors[0].evalue}`, seen };
}

Deno.test({
  name: "no cell is silent: mistakes of syntax, exports and packages show line and caret",
  ignore,
  async fn() {
    await withNewFolder(async (place) => {
      const cases: readonly [string, RegExp, string][] = [
        [
          "const x = 1;\nconst y = = 3;",
          /Expression expected/,
          "2 | const y = = 3;\n  |           ^",
        ],
        ["for (const a of [1]) {\n  const b = `open\n}", /Unterminated template/, "2 |   const b"],
        [
          'import { simulat } from "simfaasinfer";',
          /exports no "simulat" \(did you mean "simulate"\?\)/,
          `1 | import { simulat } from "simfaasinfer";\n  |          ^^^^^^^`,
        ],
        ['import { a } from "no-such-name";', /"no-such-name" not a dependency/, "| import { a }"],
        ['import "./no_such_file.ts";', /Module not found/, `  |        ^^^^^^^^^^^^^^^^^^^`],
        ["const twice = 1;\nconst twice = 2;", /'twice' has already been/, "  |       ^^^^^"],
        ['throw "a text"', /a text/, ""],
      ];
      const page = await openCells(place, "mistakes.ipynb", cases.map(([source]) => source));
      for (const i of cases.keys()) {
        await page.run(i);
        await page.isIdle();
      }
      for (const [i, cell] of (await page.cells()).entries()) {
        const { says, seen } = errorOf(cell);
        match(says, cases[i][1]);
        match(seen, cases[i][1], "what a reader sees");
        ok(seen.includes(cases[i][2]), `${seen}\ndoes not show\n${cases[i][2]}`);
      }
      await picture(page, "mistakes");
      // "Run All" ends at the first one.
      await page.runAll();
      const shown = await page.cells();
      deepEqual(shown.map(({ outputs }) => outputs.length), [1, ...cases.slice(1).map(() => 0)]);
      await page.close();
    });
  },
});

const LONG = [
  'import { loadConfig, simulate } from "simfaasinfer";\nimport "simfaasinfer/notebook";\n' +
  "let kept = 41;\nkept += 1",
  "const run = await simulate(loadConfig(`\nsimulation: { duration: 40000, stepping: step }\n" +
  "workload: { type: poisson, arrival_rate: 20 }\ncluster: { num_replicas: 6 }\n" +
  "scaling: { enabled: false }`));",
  "for (;;);",
  "`kept is ${kept}`",
];

Deno.test({
  name: "the stop button stops a run and a loop and keeps the variables; twice, it ends the kernel",
  ignore,
  async fn() {
    await withNewFolder(async (place) => {
      const page = await openCells(place, "long.ipynb", LONG);
      const isKept = async () => {
        await page.run(3);
        await page.isIdle();
        match((await page.cells())[3].seen, /kept is 42/);
      };
      await page.run(0);
      await page.isIdle();
      for (const round of [0, 1]) {
        await page.run(1);
        await new Promise((resolve) => setTimeout(resolve, 2500 + 500 * round));
        await page.stop();
        await page.isIdle();
        const { says } = errorOf((await page.cells())[1]);
        match(says, /^Interrupted: interrupted at \d\d? %, [\d,]+ s of 40,000 s$/);
        await isKept();
      }
      await page.run(2);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await page.stop();
      await page.isIdle();
      match(errorOf((await page.cells())[2]).says, /^Interrupted: the cell was stopped/);
      await isKept();
      await picture(page, "interrupted");
      await page.run(2);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await page.stop(2);
      await page.sees(/appears to have died/);
      await page.isReady();
      await page.run(3);
      await page.isIdle();
      match((await page.cells())[3].seen, /kept is not defined/);
      await page.close();
    });
  },
});

Deno.test({
  name: "links of the notebooks lead to pages of the server that shows them",
  ignore,
  async fn() {
    const links = ownLinks();
    ok(links.length > 0);
    await withJupyter(`${ROOT}notebooks`, async ({ browser, server }) => {
      for (const name of new Set(links.map(([of]) => of))) {
        const page = await browser.open(server.address(`notebooks/notebooks/${name}`));
        for (const [, link] of links.filter(([of]) => of === name)) {
          equal(await page.follow(link), 200, `${name}: ${link}`);
        }
        equal(await page.follow("../no_such_page.md"), 404);
        await page.close();
      }
    });
  },
});

/** Links of the repository's notebooks to its other files. */
function ownLinks(): [string, string][] {
  return Array.from(Deno.readDirSync(`${ROOT}notebooks`), ({ name }) => name)
    .filter((name) => name.endsWith(".ipynb")).flatMap((name) => {
      const { cells } = JSON.parse(Deno.readTextFileSync(`${ROOT}notebooks/${name}`)) as {
        cells: { cell_type: string; source: string | string[] }[];
      };
      const texts = cells.filter(({ cell_type }) => cell_type === "markdown")
        .map(({ source }) => [source].flat().join(""));
      return texts.flatMap((text) => Array.from(text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)))
        .filter(([, link]) => !/^\w+:/.test(link)).map((
          [, link],
        ): [string, string] => [name, link]);
    });
}
