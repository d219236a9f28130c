import { type BenchCase, STANDARD } from "./bench_cases.ts";
import { digits, duration, grouped } from "../readable_numbers.ts";
import type { RunTiming } from "../simulate/run_meter.ts";

/** A case and its runs. */
export interface MeasuredCase {
  readonly bench: BenchCase;
  readonly requests: number;
  readonly timings: readonly RunTiming[];
}

/** Figures of a case: medians over its runs. */
export interface CaseFigures {
  readonly name: string;
  readonly requests: number;
  readonly runs: number;
  /** Whole process: processor time of all threads, and wall time. */
  readonly cpu_s: number;
  readonly wall_s: number;
  /** Requests per CPU-second of the whole process, and of the simulation loop alone. */
  readonly requests_per_cpu_s: number;
  readonly loop_requests_per_cpu_s: number;
  readonly peak_bytes: number | null;
  /** JavaScript heap taken in the loop, garbage included, bytes per request. */
  readonly loop_allocated_bytes_per_request: number;
  /** CPU time per request, in that of the standard job. */
  readonly of_standard: number;
  /** CPU time per request in the loop, in that of the standard job. */
  readonly loop_of_standard: number;
  /** CPU time of the whole process in that of the yardstick; null where that was not measured. */
  readonly yardsticks: number | null;
  /** CPU time per phase, seconds. */
  readonly phase_cpu_s: Readonly<Record<string, number>>;
  readonly within_bound: boolean | null;
}

/**
 * Figures of every case; the first one is the standard job.
 *
 * @param yardsticks CPU time of the yardstick in each round, seconds.
 */
export function caseFigures(
  cases: readonly MeasuredCase[],
  yardsticks: readonly number[] = [],
): CaseFigures[] {
  const perRequest = (measured: MeasuredCase) =>
    middle(measured, ({ total }) => total.cpu_s) / measured.requests;
  const inLoop = (measured: MeasuredCase) =>
    middle(measured, ({ phases }) => phases.loop.cpu_s) / measured.requests;
  const first = cases.find(({ bench }) => bench.name === STANDARD) ?? cases[0];
  const [standard, standardLoop] = [perRequest(first), inLoop(first)];
  return cases.map((measured) => {
    const { bench, requests, timings } = measured;
    const cpu = middle(measured, ({ total }) => total.cpu_s);
    const wall = middle(measured, ({ total }) => total.wall_s);
    const ofStandard = perRequest(measured) / standard;
    const loopOfStandard = inLoop(measured) / standardLoop;
    const ofYardstick = yardsticks.length === 0
      ? null
      : median(timings.map(({ total }, i) => total.cpu_s / yardsticks[i]));
    const peaks = timings.map(({ peak_bytes }) => peak_bytes).filter((bytes) => bytes !== null);
    const peak = peaks.length === 0 ? null : Math.max(...peaks);
    // What was not measured keeps no bound, nor breaks one.
    const bounds = ([
      [bench.mostOfStandard, ofStandard],
      [bench.mostOfStandardLoop, loopOfStandard],
      [bench.mostYardsticks, ofYardstick],
      [bench.mostBytes, peak],
      [bench.mostCpuSeconds, cpu],
      [bench.mostWallSeconds, wall],
    ] as const).filter(([most, value]) => most !== undefined && value !== null);
    return {
      name: bench.name,
      requests,
      runs: timings.length,
      cpu_s: cpu,
      wall_s: wall,
      requests_per_cpu_s: requests / cpu,
      loop_requests_per_cpu_s: requests / middle(measured, ({ phases }) => phases.loop.cpu_s),
      peak_bytes: peak,
      loop_allocated_bytes_per_request: middle(measured, (timing) => timing.loop_allocated_bytes) /
        requests,
      of_standard: ofStandard,
      loop_of_standard: loopOfStandard,
      yardsticks: ofYardstick,
      phase_cpu_s: Object.fromEntries(
        Object.keys(timings[0].phases).map((phase) => [
          phase,
          middle(measured, ({ phases }) => phases[phase].cpu_s),
        ]),
      ),
      within_bound: bounds.length > 0 ? bounds.every(([most, value]) => value! <= most!) : null,
    };
  });
}

/** The middle value, or the mean of the two middle ones; of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

function middle({ timings }: MeasuredCase, figure: (timing: RunTiming) => number): number {
  return median(timings.map(figure));
}

/** The figures as a table for the terminal. */
export function showFigures(
  cases: readonly MeasuredCase[],
  yardsticks: readonly number[] = [],
): string[] {
  const rows = caseFigures(cases, yardsticks).map((row, i) => {
    const bound = boundOf(cases[i].bench);
    return [
      row.name,
      grouped(row.requests),
      duration(row.cpu_s),
      duration(row.wall_s),
      grouped(Math.round(row.requests_per_cpu_s)),
      grouped(Math.round(row.loop_requests_per_cpu_s)),
      row.peak_bytes === null ? "-" : `${digits(row.peak_bytes / 1e6)} MB`,
      cases[i].bench.args === undefined ? `${row.of_standard.toFixed(2)}x` : "",
      row.yardsticks === null ? "" : digits(row.yardsticks),
      bound,
      row.within_bound === null ? "" : row.within_bound ? "yes" : "NO",
    ];
  });
  const head = ["case", "requests", "CPU", "wall", "requests per CPU-s", "in the loop", "peak"];
  const table = [[...head, "per request", "yardsticks", "bound", "met"], ...rows];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return table.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
      .trimEnd()
  );
}

/** The bounds of a case in words. */
function boundOf(bench: BenchCase): string {
  const { mostOfStandard, mostOfStandardLoop, mostYardsticks, mostBytes } = bench;
  const { mostCpuSeconds, mostWallSeconds } = bench;
  const bounds = [
    mostOfStandard !== undefined && `${mostOfStandard}x`,
    mostOfStandardLoop !== undefined && `${mostOfStandardLoop}x in the loop`,
    mostYardsticks !== undefined && `${mostYardsticks} yardsticks`,
    mostBytes !== undefined && `${digits(mostBytes / 1e6)} MB`,
    mostCpuSeconds !== undefined && `${duration(mostCpuSeconds)} CPU`,
    mostWallSeconds !== undefined && duration(mostWallSeconds),
  ].filter((bound) => bound !== false);
  return bounds.length > 0 ? `<= ${bounds.join(", ")}` : "";
}

/** Figures of an earlier measurement, as `--json` wrote them. */
export type EarlierFigures = Pick<CaseFigures, "name" | "cpu_s" | "peak_bytes"> & {
  readonly yardsticks?: number | null;
};

/**
 * What a measurement is of an earlier one, case by case: CPU time, in yardsticks where both have been
 * measured so, and memory.
 */
export function compareFigures(
  now: readonly CaseFigures[],
  earlier: readonly EarlierFigures[],
): string[] {
  const before = new Map(earlier.map((figures) => [figures.name, figures]));
  return now.map((row) => {
    const old = before.get(row.name);
    if (old === undefined) return `${row.name}: not in the earlier figures`;
    const inYardsticks = row.yardsticks !== null && typeof old.yardsticks === "number";
    const ratio = inYardsticks ? row.yardsticks! / old.yardsticks! : row.cpu_s / old.cpu_s;
    const memory = row.peak_bytes === null || old.peak_bytes === null
      ? ""
      : `, memory ${(row.peak_bytes / old.peak_bytes).toFixed(2)}x`;
    return `${row.name}: CPU ${ratio.toFixed(2)}x${inYardsticks ? " in yardsticks" : ""}${memory}`;
  });
}
