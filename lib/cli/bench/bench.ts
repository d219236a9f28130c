import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import { type BenchCase, benchCases, STANDARD } from "./bench_cases.ts";
import {
  caseFigures,
  compareFigures,
  type EarlierFigures,
  type MeasuredCase,
  median,
  showFigures,
} from "./bench_result.ts";
import type { Command } from "../command.ts";
import { measureScript, measureSimulate, pinnedCore } from "./measure_process.ts";
import { withTemporaryFolder } from "../on_stop.ts";
import { measureLimit, readReference } from "./measure_limit.ts";
import { readInput } from "../read_input.ts";
import { checkOwnFile, ownJson, writeOwnFile } from "../own_file.ts";
import { digits, duration } from "../readable_numbers.ts";
import type { RunTiming } from "../simulate/run_meter.ts";
import { UsageError } from "../usage_error.ts";

const JOBS = decodeURIComponent(new URL("../../../tests/bench/", import.meta.url).pathname);

/** Most CPU time of the standard job, in that of the yardstick. */
const MOST_OF_YARDSTICK = 3;

/** What `--json` writes. */
const FORMAT = "simfaasinfer-bench";
const FIGURES = ownJson("--json", "figures", FORMAT, ["deno", "v8", "cores", "cases"]);

const OPTIONS: readonly CommandOption[] = [
  {
    name: "json",
    value: "FILE",
    describe: "Write the figures to FILE, unless it holds something else",
  },
  { name: "runs", value: "N", describe: "Runs of each case (default 5); figures are medians" },
  { name: "quick", describe: "One run of each case with a tenth of the requests" },
  {
    name: "only",
    value: "CASE",
    repeats: true,
    describe: "This case alone; may stand several times",
  },
  {
    name: "yardstick",
    value: "FILE",
    describe: "A script that simulates N requests on I instances at R requests per second when\n" +
      "called with N, I and R, in place of tests/bench/bare_loop.ts: what jobs are told in",
  },
  {
    name: "compare",
    value: "FILE",
    describe: "Print ratios to the figures that an earlier --json wrote to FILE",
  },
  {
    name: "limit",
    value: "FILE",
    describe:
      "Measure the standard job's loop alone, and end with 1 where it takes 15 % more of the\n" +
      "bare loop than FILE says (tests/bench/reference.json); a busy machine says nothing",
  },
];

/** The command "bench". */
export const benchCommand: Command = {
  name: "bench",
  summary: "Measure the speed and the memory of the simulator",
  help:
    `Measures the simulator by running its command line on one core: docs/performance.md says how.

Usage: deno task bench [OPTION...]

${describeOptions(OPTIONS)}

Micro-benchmarks: deno bench -A lib tests/bench`,
  async run(args, print) {
    const given = readArguments("bench", args, OPTIONS, 0);
    const limit = given.value("limit");
    if (limit !== undefined) return await keepLimit(limit, print);
    const json = given.value("json");
    if (json !== undefined) checkOwnFile(json, FIGURES);
    const quick = given.flag("quick");
    const runs = quick ? 1 : readRuns(given.value("runs") ?? "5");
    const scale = quick ? 0.1 : 1;
    const cases = chosen(given.values("only")).filter((bench) => {
      const enough = (bench.needsBytes ?? 0) <= Deno.systemMemoryInfo().available;
      if (!enough) print(`${bench.name} left out: too little memory is free`);
      return enough && !(quick && bench.long);
    });
    const yardstick = given.value("yardstick") ?? `${JOBS}bare_loop.ts`;
    const compared = given.value("compare");
    const earlier = compared === undefined ? undefined : readEarlier(compared);
    const core = await pinnedCore();
    print(core === undefined ? "On any core" : `On core ${core} alone`);

    const timings = new Map<string, RunTiming[]>(cases.map(({ name }) => [name, []]));
    const yardsticks: number[] = [];
    // Round by round, so that a machine that slows down slows every case alike.
    for (let round = 0; round < runs; round++) {
      yardsticks.push(await measureScript(yardstick, [String(1e6 * scale), "4", "32"]));
      for (const bench of cases) {
        if (round >= (bench.mostRuns ?? runs)) continue;
        timings.get(bench.name)!.push(await measureCase(bench, scale));
      }
    }
    const measured = cases.map((bench): MeasuredCase => ({
      bench,
      requests: requestsOf(bench, scale),
      timings: timings.get(bench.name)!,
    }));
    // A tenth of the requests is no tenth of the time: a quick run tells no yardsticks.
    const told = quick ? [] : yardsticks;
    for (const line of showFigures(measured, told)) print(line);
    const figures = caseFigures(measured, told);
    for (const line of earlier ? compareFigures(figures, earlier) : []) print(line);

    const standard = cases.find(({ name }) => name === STANDARD);
    const heap = standard && await measureHeap(standard, scale);
    if (heap !== undefined) print(`\n${heap.line}`);
    const ratio = standard === undefined
      ? null
      : median(timings.get(STANDARD)!.map(({ total }, i) => total.cpu_s / yardsticks[i]));
    if (ratio !== null) {
      print(
        `yardstick: ${duration(median(yardsticks))} of CPU; the standard job takes ` +
          `${digits(ratio)} times that` + (quick ? "" : ` (bound ${MOST_OF_YARDSTICK})`),
      );
    }
    if (json !== undefined) {
      const report = {
        format: `${FORMAT}/1`,
        deno: Deno.version.deno,
        v8: Deno.version.v8,
        cores: navigator.hardwareConcurrency,
        pinned_core: core ?? null,
        cases: figures,
        heap: heap?.figures ?? null,
        yardstick: ratio === null
          ? null
          : { cpu_s: median(yardsticks), standard_of_yardstick: ratio },
      };
      writeOwnFile(json, JSON.stringify(report, null, 2) + "\n", FIGURES);
    }
    return 0;
  },
};

/** Whether the standard job's loop still takes what a file says that it took; the exit code. */
async function keepLimit(file: string, print: (line: string) => void): Promise<number> {
  const reference = readReference(file, readInput(file, "the figures of --limit"));
  const [standard] = benchCases();
  return await measureLimit(reference, {
    bare: () => measureScript(`${JOBS}bare_loop.ts`, ["1000000", "4", "32"]),
    async standard() {
      const { total, phases } = await measureSimulate(argumentsOf(standard, 1));
      return { loopSeconds: phases.loop.cpu_s, cpuSeconds: total.cpu_s };
    },
    stat() {
      try {
        return Deno.readTextFileSync("/proc/stat");
      } catch {
        return "";
      }
    },
    now: () => performance.now() / 1000,
  }, print);
}

/** The cases of an earlier `--json`. */
function readEarlier(file: string): readonly EarlierFigures[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    throw new UsageError(
      `Cannot read --compare as figures of "bench --json": ${(error as Error).message}`,
    );
  }
  if (!FIGURES.isSuch(text)) {
    throw new UsageError(
      `Cannot read --compare as figures of "bench --json": current value is "${file}"`,
    );
  }
  return JSON.parse(text).cases;
}

function readRuns(text: string): number {
  const runs = Number(text);
  if (Number.isInteger(runs) && runs >= 1) return runs;
  throw new UsageError(`Cannot read --runs as a whole number from 1: current value is "${text}"`);
}

function chosen(names: readonly string[]): BenchCase[] {
  const cases = benchCases();
  const known = cases.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) {
      throw new UsageError(
        `Cannot read --only as one of ${known.join(", ")}: current value is "${name}"`,
      );
    }
  }
  return names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name));
}

function requestsOf(bench: BenchCase, scale: number): number {
  return bench.args === undefined && !bench.isTimed ? bench.requests * scale : bench.requests;
}

function argumentsOf(bench: BenchCase, scale: number): string[] {
  if (bench.args !== undefined) return [...bench.args];
  const settings = bench.isTimed
    ? bench.settings
    : [`workload.num_requests=${requestsOf(bench, scale)}`, ...bench.settings];
  return [
    `${JOBS}${bench.file ?? "standard.yaml"}`,
    ...settings.flatMap((setting) => ["--set", setting]),
  ];
}

/** One run of a case with everything a user gets, results on disk included. */
async function measureCase(bench: BenchCase, scale: number): Promise<RunTiming> {
  return await withTemporaryFolder(
    "simfaas-bench-",
    (folder) => measureSimulate([...argumentsOf(bench, scale), "--out", `${folder}/out`]),
  );
}

/** What the loop of the standard job leaves in memory, garbage collected before and after. */
async function measureHeap(bench: BenchCase, scale: number) {
  const timing = await measureSimulate(argumentsOf(bench, scale), ["--expose-gc"]);
  const requests = requestsOf(bench, scale);
  const perRequest = timing.loop_arrays_growth_bytes / requests;
  const megabytes = timing.loop_heap_growth_bytes / 1e6;
  return {
    figures: {
      loop_heap_growth_bytes: timing.loop_heap_growth_bytes,
      loop_arrays_growth_bytes_per_request: perRequest,
      loop_allocated_bytes_per_request: timing.loop_allocated_bytes / requests,
    },
    line:
      `loop of ${STANDARD}: the JavaScript heap grows by ${megabytes.toFixed(1)} MB (bound 10), ` +
      `typed arrays by ${digits(perRequest)} bytes per request (bound 150); ` +
      `${digits(timing.loop_allocated_bytes / requests)} bytes per request were garbage`,
  };
}
