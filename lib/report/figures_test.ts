import type { RunResult } from "../metrics/run_tables.ts";
import { deepEqual, equal, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "../run/simulate.ts";
import { madeUpRun } from "../results/made_up_run.ts";
import { madeUpBill } from "../results/made_up_summary.ts";
import { makeManifest, openResultDirectory, writeResults } from "../results/mod.ts";
import { classAttainmentRows, functionAttainmentRows } from "./attainment_rows.ts";
import { coldStartRows } from "./cold_start_rows.ts";
import { drawFigures } from "./draw_figures.ts";
import { figureSource } from "./figure_source.ts";
import { readFigureSource } from "./read_figure_source.ts";
import { costRows, figuresOf, latencyRows, STANDARD_FIGURES } from "./standard_figures.ts";
import { timelineRows } from "./timeline_rows.ts";

async function withResults(body: (path: string) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync();
  try {
    const run = madeUpRun(3000);
    const directory = openResultDirectory(`${root}/out`);
    const manifest = await makeManifest(run, { config: loadConfig() });
    await writeResults(directory, run, ["parquet"]);
    directory.commit(manifest);
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

Deno.test("a limit on the time per output token is drawn on its own curve, never on that of the gaps", async () => {
  const run = madeUpRun(3000);
  const source = figureSource(run);
  const tpot = latencyRows(source, true).filter((row) => row.series === "TPOT");
  const { requests } = run;
  const own = Array.from(
    requests.outputTokens,
    (tokens, i) =>
      (requests.completedAtSeconds[i] - requests.firstTokenAtSeconds[i]) / (tokens - 1),
  )
    .filter((seconds) => seconds >= 0 && seconds < Infinity);
  equal(tpot.at(-1)!.seconds, Math.max(...own));
  const texts = async (slo: object) => {
    const found: string[] = [];
    await drawFigures(source, { formats: ["svg"], only: ["latency_cdf"], slo }, (_, bytes) => {
      found.push(
        ...new TextDecoder().decode(bytes).matchAll(/>([A-Z0-9]+( SLO)?)<\/text>/g)
          .map(([, text]) => text),
      );
    });
    return found;
  };
  const limited = await texts({ tpot_s: 0.05, ttft_s: 1 });
  ok(limited.includes("TPOT SLO") && limited.includes("TPOT") && limited.includes("TTFT SLO"));
  ok(!limited.includes("TBT SLO"));
  ok(!(await texts({ ttft_s: 1 })).includes("TPOT"));
});

Deno.test("coldStartRows() has the mean wait of all, of percentile groups and of functions", () => {
  const run = madeUpRun(3000);
  const waits = run.requests.coldStartWaitSeconds.filter((seconds) => seconds > 0);
  const mean = waits.reduce((sum, seconds) => sum + seconds, 0) / waits.length;
  const rows = coldStartRows(figureSource(run).coldStartWaits);
  const bars = Map.groupBy(rows, (row) => row.series);
  const seconds = [...bars.values()].map((bar) => bar.reduce((sum, row) => sum + row.seconds, 0));
  deepEqual([...bars.keys()].slice(0, 5), [
    `all, n = ${waits.length}`,
    ...["up to p50", "p50 to p90", "p90 to p99", "beyond p99"],
  ]);
  equal(bars.size, 7);
  ok(Math.abs(seconds[0] - mean) < 1e-9);
  deepEqual(seconds.slice(1, 5), seconds.slice(1, 5).toSorted((a, b) => a - b));
  // The functions' means weighted by their waits are the mean of all.
  const counts = [...bars.keys()].slice(5).map((name) => Number(/n = (\d+)$/.exec(name)![1]));
  equal(counts[0] + counts[1], waits.length);
  ok(Math.abs((counts[0] * seconds[5] + counts[1] * seconds[6]) / waits.length - mean) < 1e-9);
  for (const row of bars.get("beyond p99")!) {
    const part = row.stage === "container" ? 0.25 : 0.75;
    ok(Math.abs(row.seconds - part * seconds[4]) < 1e-9);
  }
});

Deno.test("bars of waits keep their counts and their names apart, however long names are", () => {
  const run = madeUpRun(3000);
  const of = (functionNames: readonly string[], column: 1 | 2) => {
    const source = figureSource({ ...run, functionNames });
    const spec = STANDARD_FIGURES.cold_starts(source, { column });
    const names = new Set<string>();
    JSON.stringify(spec, (key, value) => {
      if (key === "series" && typeof value === "string") names.add(value);
      return value;
    });
    return [...names].slice(5);
  };
  for (
    const name of ["llama-3.1-8b", "a-deployment-of-somebody-whose-names-are-long-and-differ-"]
  ) {
    for (const column of [1, 2] as const) {
      const names = of([`${name}1`, `${name}2`], column);
      equal(new Set(names).size, 2);
      for (const one of names) {
        ok(/[12], n = \d+$/.test(one), one);
        ok(one.length <= (column === 2 ? 25 : 13), one);
      }
    }
  }
  // Names that would be the same stay whole.
  const middles = ["a", "b"].map((letter) => `same-beginning-${letter.repeat(40)}-same-end`);
  ok(of(middles, 2).some((one) => one.startsWith("same-beginning-bbb")));
});

Deno.test("a run without waits for starts has no figure of them", async () => {
  const run = madeUpRun(0);
  const source = figureSource(run);
  const names: string[] = [];
  await drawFigures(source, { formats: ["svg"] }, (name) => names.push(name));
  deepEqual(names, figuresOf(source).map((name) => `${name}.svg`));
  ok(!names.includes("cold_starts.svg") && names.includes("cost.svg"));
  await rejects(drawFigures(source, { formats: ["svg"], only: ["cold_starts"] }, () => {}), {
    message: /^Cannot draw cold_starts of a run in which no request waited for a start: current /,
  });
});

const part = (name: string, share: number | null, arrived = 10) => ({
  ...{ name, slo_attainment: share, arrived, attained: 0, completed: arrived },
  ...{ cold_starts: 0, cold_start_rate: 0, instance_seconds: 0, cost_usd: 0, energy_kwh: null },
  ...{ ttft_s: madeUpRun(1).summary.ttft_s, tpot_s: madeUpRun(1).summary.tpot_s },
  e2e_s: madeUpRun(1).summary.e2e_s,
});

Deno.test("attainment is drawn by class and by function where those have limits", async () => {
  const run = madeUpRun(100);
  const source = (classes: ReturnType<typeof part>[], functions: ReturnType<typeof part>[]) =>
    figureSource({ ...run, summary: { ...run.summary, classes, functions } });
  const drawn = (of: ReturnType<typeof source>) =>
    figuresOf(of).filter((name) => name.startsWith("attainment"));
  deepEqual(drawn(source([], [])), []);
  deepEqual(drawn(source([part("batch", null)], [part("a", null)])), []);
  deepEqual(drawn(source([part("chat", 0.9), part("batch", null)], [])), ["attainment_by_class"]);
  const both = source([part("chat", 0.9)], [part("a", 0.5), part("b", 0)]);
  deepEqual(drawn(both), ["attainment_by_class", "attainment_by_function"]);
  deepEqual(classAttainmentRows(both.summary).map(({ label, value }) => [label, value]), [
    ["chat", 90],
  ]);
  deepEqual(functionAttainmentRows(both.summary).map(({ value }) => value), [50, 0]);
  // There is room for a number behind the longest bar, and no share above 100 % on the axis.
  const none = STANDARD_FIGURES.attainment_by_class(source([part("chat", 0)], []), {});
  ok(JSON.stringify(none).includes('"values":[0,50,100]'));
  const only = ["attainment_by_function"] as const;
  await rejects(drawFigures(source([], []), { formats: ["svg"], only }, () => {}), {
    message: /^Cannot draw attainment_by_function of a run without several functions that have /,
  });
});

Deno.test("of many functions those with the most requests are drawn", () => {
  const run = madeUpRun(1);
  const functions = Array.from({ length: 100 }, (_, i) => part(`f${i}`, i / 100, (i * 37) % 100));
  const rows = functionAttainmentRows({ ...run.summary, functions });
  equal(rows.length, 24);
  deepEqual(rows.map(({ label }) => (Number(label.slice(1)) * 37) % 100), [
    ...Array.from({ length: 24 }, (_, i) => 99 - i),
  ]);
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
  const run = madeUpRun(500);
  const [classes, functions] = [[part("chat", 0.9)], [part("a", 0.8), part("b", 0.7)]];
  const energy = {} as RunResult["summary"]["energy"];
  const watts = new Float64Array(run.timeSeries.count).fill(500);
  const source = figureSource({
    ...run,
    summary: { ...run.summary, classes, functions, energy },
    timeSeries: {
      ...run.timeSeries,
      ...{ stepWatts: watts, idleWatts: watts, startWatts: watts, hostWatts: watts },
    },
  });
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

Deno.test("a timeline does not fall to nothing in an interval that the run's end cut short", () => {
  const run = madeUpRun(3000);
  const { timeSeries } = run;
  const { count } = timeSeries;
  const cut = {
    ...timeSeries,
    intervalSeconds: timeSeries.intervalSeconds.with(count - 1, 0.01),
    timeSeconds: timeSeries.timeSeconds.with(count - 1, timeSeries.timeSeconds[count - 2] + 0.01),
    arrivals: timeSeries.arrivals.with(count - 1, 0),
  };
  const [rows, whole] = [timelineRows(cut), timelineRows(timeSeries)];
  equal(rows.length, whole.length - 1);
  deepEqual(rows.slice(0, -1), whole.slice(0, -2));
  const last = rows.at(-1)!;
  // It ends where the run does, with what came in both intervals over the time of both.
  equal(last.timeSeconds, cut.timeSeconds[count - 1]);
  const seconds = timeSeries.intervalSeconds[count - 2] + 0.01;
  ok(Math.abs(last.arrivalsPerSecond - timeSeries.arrivals[count - 2] / seconds) < 1e-9);
});

Deno.test("the bars of a bill add up to it", async () => {
  const config = loadConfig("workload: { type: poisson, arrival_rate: 2, num_requests: 100 }");
  const { summary: { cost }, summary } = await simulate(config);
  ok(cost.rounding_usd! > 0);
  const total = costRows(summary, "all").reduce((sum, { usd }) => sum + usd, 0);
  ok(Math.abs(total - cost.total_usd!) < 1e-9 * total);
});

Deno.test("costRows() has every part of a bill, whatever else is paid, and none that is unknown", () => {
  const cost = madeUpBill({ reserved_usd: 4, requests_usd: 0.25, busy_usd: null });
  const rows = costRows({ cost });
  const of = (use: string) => rows.find((row) => row.use === use)?.usd;
  deepEqual(["idle", "cold starts", "reserved", "requests", "busy"].map(of), [
    cost.idle_usd,
    cost.cold_start_usd,
    4,
    0.25,
    undefined,
  ]);
});
