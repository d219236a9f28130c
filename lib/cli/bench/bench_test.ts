import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { simulate } from "../../run/simulate.ts";
import { benchCases } from "./bench_cases.ts";
import {
  caseFigures,
  compareFigures,
  type MeasuredCase,
  median,
  showFigures,
} from "./bench_result.ts";
import type { RunTiming } from "../simulate/run_meter.ts";
import { runCommandLine, withFiles } from "../testing_command_line.ts";

function timing(cpu: number, loop: number): RunTiming {
  return {
    total: { wall_s: cpu, cpu_s: cpu },
    phases: { loop: { wall_s: loop, cpu_s: loop } },
    peak_bytes: 1e8 * cpu,
    loop_allocated_bytes: 0,
    loop_heap_growth_bytes: 0,
    loop_arrays_growth_bytes: 0,
  };
}

Deno.test("median() is the middle value of odd counts and halves even ones", () => {
  equal(median([3, 1, 2]), 2);
  equal(median([4, 1, 3, 2]), 2.5);
  equal(median([7]), 7);
});

Deno.test("caseFigures() tells medians, and time per request in that of the standard job", () => {
  const cases: MeasuredCase[] = [
    {
      bench: { name: "standard", describe: "", requests: 100, settings: [] },
      requests: 100,
      timings: [timing(1, 0.5), timing(9, 8), timing(2, 1)],
    },
    {
      bench: { name: "other", describe: "", requests: 400, settings: [], mostOfStandard: 1.4 },
      requests: 400,
      timings: [timing(12, 8)],
    },
  ];
  const [standard, other] = caseFigures(cases);
  equal(standard.cpu_s, 2);
  equal(standard.requests_per_cpu_s, 50);
  equal(standard.loop_requests_per_cpu_s, 100);
  equal(standard.peak_bytes, 9e8);
  equal(standard.within_bound, null);
  equal(other.of_standard, 1.5);
  equal(other.within_bound, false);
  match(showFigures(cases)[2], /^other +400 .* 1\.50x +<= 1\.4x +NO$/);
});

Deno.test("benchCases() begin with the standard job and have names of their own", () => {
  const names = benchCases().map(({ name }) => name);
  equal(names[0], "standard");
  equal(new Set(names).size, names.length);
});

Deno.test("a bound of CPU time is met or not, whatever the standard job takes", () => {
  const job = (name: string, mostCpuSeconds: number, cpu: number): MeasuredCase => ({
    bench: { name, describe: "", requests: 100, settings: [], mostCpuSeconds },
    requests: 100,
    timings: [timing(cpu, 0.5)],
  });
  const cases = [job("within", 10, 9), job("beyond", 10, 11)];
  deepEqual(caseFigures(cases).map((figures) => figures.within_bound), [true, false]);
  match(showFigures(cases)[2], /^beyond .* <= 10(\.0)? s CPU +NO$/);
});

Deno.test("bounds in yardsticks, memory and the loop are kept all together", () => {
  const job = (name: string, bounds: Partial<MeasuredCase["bench"]>): MeasuredCase => ({
    bench: { name, describe: "", requests: 100, settings: [], ...bounds },
    requests: 100,
    timings: [timing(8, 6), timing(6, 3)],
  });
  const cases = [
    job("standard", {}),
    job("kept", { mostYardsticks: 4, mostBytes: 8e8, mostOfStandardLoop: 1 }),
    job("slow", { mostYardsticks: 3.9 }),
    job("large", { mostYardsticks: 4, mostBytes: 7.9e8 }),
  ];
  // Round by round: 8 over 2 and 6 over 1.5 yardsticks.
  const met = (yardsticks: number[]) =>
    caseFigures(cases, yardsticks).map((figures) => figures.within_bound);
  deepEqual(met([2, 1.5]), [null, true, false, false]);
  deepEqual(met([]), [null, true, null, false], "what is not measured breaks no bound");
  match(
    showFigures(cases, [2, 1.5])[2],
    / 4(\.0+)? +<= 1x in the loop, 4 yardsticks, 800 MB +yes$/,
  );
});

Deno.test("compareFigures() tells ratios in yardsticks where both sides have them", () => {
  const at = (cpu: number) =>
    caseFigures([{
      bench: { name: "standard", describe: "", requests: 100, settings: [] },
      requests: 100,
      timings: [timing(cpu, 1)],
    }], [cpu / 4]);
  const [now] = at(3);
  deepEqual(compareFigures([now], at(6)), [
    "standard: CPU 1.00x in yardsticks, memory 0.50x",
  ]);
  deepEqual(compareFigures([now], [{ ...at(6)[0], yardsticks: null, peak_bytes: null }]), [
    "standard: CPU 0.50x",
  ]);
  deepEqual(compareFigures([now], []), ["standard: not in the earlier figures"]);
});

Deno.test("every job of the bench is a configuration that loads", async () => {
  for (const { file = "standard.yaml", settings, args } of benchCases()) {
    if (args !== undefined) continue;
    const url = new URL(`../../../tests/bench/${file}`, import.meta.url);
    loadConfig(await Deno.readTextFile(url), { set: settings });
  }
});

Deno.test("the job of a fleet has a thousand functions and ten starts of each", async () => {
  const file = new URL("../../../tests/bench/fleet.yaml", import.meta.url);
  const config = loadConfig(await Deno.readTextFile(file), {
    set: ["workload.num_requests=100000"],
  });
  const { summary } = await simulate(config);
  equal(summary.functions.length, 1000);
  // Of a tenth of the requests; the first start of each function among them.
  ok(summary.cold_starts > 1000, `${summary.cold_starts}`);
  equal(summary.requests.completed, 100_000);
});

Deno.test("bench --quick measures the command line and counts a yardstick", async () => {
  const script = "let x = 0; for (let i = 0; i < Deno.args[0] * 10; i++) x += Math.sqrt(i);";
  await withFiles({ "bare.js": script }, async (directory) => {
    const args = ["bench", "--quick", "--only", "standard", "--yardstick", "bare.js"];
    const run = await runCommandLine([...args, "--json", "bench.json"], { directory });
    equal(run.code, 0, run.stderr);
    match(run.stdout, /^standard +100,000 /m);
    const { cases, heap, yardstick } = JSON.parse(
      await Deno.readTextFile(`${directory}/bench.json`),
    );
    deepEqual(cases.map(({ name }: { name: string }) => name), ["standard"]);
    ok(cases[0].cpu_s > cases[0].phase_cpu_s.loop && cases[0].phase_cpu_s.loop > 0);
    ok(heap.loop_heap_growth_bytes < 10e6, `${heap.loop_heap_growth_bytes}`);
    ok(heap.loop_arrays_growth_bytes_per_request < 150);
    const ratio = cases[0].cpu_s / yardstick.cpu_s;
    ok(Math.abs(yardstick.standard_of_yardstick - ratio) < 1e-9 * ratio);
  });
});

Deno.test("bench refuses a case that it does not have", async () => {
  await withFiles({}, async (directory) => {
    const run = await runCommandLine(["bench", "--only", "nowhere"], { directory });
    equal(run.code, 2);
    match(run.stderr, /^Cannot read --only as one of standard, .*: current value is "nowhere"\n$/);
  });
});
