import { deepEqual, equal, ok, rejects } from "@std/assert";
import { loadConfig } from "../config/load.ts";
import { madeUpRun } from "../results/made_up_run.ts";
import { makeManifest, openResultDirectory, writeResults } from "../results/mod.ts";
import { drawFigures } from "./draw_figures.ts";
import { figureSource } from "./figure_source.ts";
import { readFigureSource } from "./read_figure_source.ts";
import { latencyRows, STANDARD_FIGURES, timelineRows } from "./standard_figures.ts";

async function withResults(body: (path: string) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync();
  try {
    const run = madeUpRun(3000);
    const directory = openResultDirectory(`${root}/out`);
    const manifest = await makeManifest(run, { config: loadConfig() });
    writeResults(directory, run, manifest, ["parquet"]);
    directory.commit();
    await body(`${root}/out`);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("readFigureSource() reads back what figures of the run at hand are drawn from", async () => {
  await withResults(async (path) => {
    deepEqual(await readFigureSource(path), figureSource(madeUpRun(3000)));
  });
});

Deno.test("readFigureSource() names what a directory lacks", async () => {
  await withResults(async (path) => {
    await Deno.remove(`${path}/requests.parquet`);
    await rejects(readFigureSource(path), {
      name: "RangeError",
      message: `Cannot read results in Parquet from a directory without requests.parquet: ` +
        `current value is "${path}"`,
    });
  });
});

Deno.test("latencyRows() ends each series at its longest latency", () => {
  const run = madeUpRun(3000);
  const source = figureSource(run);
  const last = (series: string) => latencyRows(source).findLast((row) => row.series === series);
  deepEqual(last("E2E"), { series: "E2E", seconds: Math.max(...source.e2eSeconds), share: 1 });
  deepEqual(last("TBT")?.seconds, run.tbtCdf.seconds.at(-1));
  equal(source.ttftSeconds.length, run.summary.requests.completed);
});

Deno.test("timelineRows() averages neighbours without losing a request", () => {
  const short = madeUpRun(10).timeSeries;
  const count = 1000;
  const repeat = (values: Int32Array | Float64Array) =>
    Float64Array.from({ length: count }, (_, i) => values[i % values.length]);
  const series = {
    ...Object.fromEntries(
      Object.entries(short).map((
        [name, column],
      ) => [name, typeof column === "number" ? count : repeat(column)]),
    ) as unknown as typeof short,
    timeSeconds: Float64Array.from({ length: count }, (_, i) => i + 1),
  };
  const rows = timelineRows(series);
  ok(rows.length <= 360 && rows.length > 180);
  let previous = 0;
  let arrivals = 0;
  for (const row of rows) {
    arrivals += row.arrivalsPerSecond * (row.timeSeconds - previous);
    previous = row.timeSeconds;
  }
  equal(previous, count);
  equal(Math.round(arrivals), series.arrivals.reduce((sum, n) => sum + n, 0));
});

Deno.test("drawFigures() draws every figure in every format, or those asked for", async () => {
  const source = figureSource(madeUpRun(500));
  const names: string[] = [];
  await drawFigures(source, { formats: ["svg", "pdf"] }, (name) => names.push(name));
  deepEqual(names, Object.keys(STANDARD_FIGURES).flatMap((name) => [`${name}.svg`, `${name}.pdf`]));
  names.length = 0;
  await drawFigures(source, { formats: ["png"], only: ["cost"] }, (name) => names.push(name));
  deepEqual(names, ["cost.png"]);
});

Deno.test("drawFigures() gives the bytes of each figure whatever was drawn before", async () => {
  const source = figureSource(madeUpRun(500));
  const alone: Uint8Array[] = [];
  const inTurn: Uint8Array[] = [];
  const options = { formats: ["svg"] } as const;
  await drawFigures(source, { ...options, only: ["cost"] }, (_, bytes) => alone.push(bytes));
  await drawFigures(source, options, (name, bytes) => {
    if (name === "cost.svg") inTurn.push(bytes);
  });
  deepEqual(inTurn, alone);
});
