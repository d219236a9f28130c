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
  /** CPU time per phase, seconds. */
  readonly phase_cpu_s: Readonly<Record<string, number>>;
  readonly within_bound: boolean | null;
}

/** Figures of every case; the first one is the standard job. */
export function caseFigures(cases: readonly MeasuredCase[]): CaseFigures[] {
  const perRequest = (measured: MeasuredCase) =>
    middle(measured, ({ total }) => total.cpu_s) / measured.requests;
  const standard = perRequest(cases.find(({ bench }) => bench.name === STANDARD) ?? cases[0]);
  return cases.map((measured) => {
    const { bench, requests, timings } = measured;
    const cpu = middle(measured, ({ total }) => total.cpu_s);
    const wall = middle(measured, ({ total }) => total.wall_s);
    const ofStandard = perRequest(measured) / standard;
    const { mostOfStandard = Infinity, mostCpuSeconds = Infinity, mostWallSeconds = Infinity } =
      bench;
    const isBound = Math.min(mostOfStandard, mostCpuSeconds, mostWallSeconds) < Infinity;
    const peaks = timings.map(({ peak_bytes }) => peak_bytes).filter((bytes) => bytes !== null);
    return {
      name: bench.name,
      requests,
      runs: timings.length,
      cpu_s: cpu,
      wall_s: wall,
      requests_per_cpu_s: requests / cpu,
      loop_requests_per_cpu_s: requests / middle(measured, ({ phases }) => phases.loop.cpu_s),
      peak_bytes: peaks.length === 0 ? null : Math.max(...peaks),
      loop_allocated_bytes_per_request: middle(measured, (timing) => timing.loop_allocated_bytes) /
        requests,
      of_standard: ofStandard,
      phase_cpu_s: Object.fromEntries(
        Object.keys(timings[0].phases).map((phase) => [
          phase,
          middle(measured, ({ phases }) => phases[phase].cpu_s),
        ]),
      ),
      within_bound: isBound
        ? ofStandard <= mostOfStandard && cpu <= mostCpuSeconds && wall <= mostWallSeconds
        : null,
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
export function showFigures(cases: readonly MeasuredCase[]): string[] {
  const rows = caseFigures(cases).map((row, i) => {
    const { mostOfStandard, mostCpuSeconds, mostWallSeconds } = cases[i].bench;
    const bound = mostOfStandard !== undefined
      ? `<= ${mostOfStandard}x`
      : mostCpuSeconds !== undefined
      ? `<= ${duration(mostCpuSeconds)} CPU`
      : mostWallSeconds !== undefined
      ? `<= ${duration(mostWallSeconds)}`
      : "";
    return [
      row.name,
      grouped(row.requests),
      duration(row.cpu_s),
      duration(row.wall_s),
      grouped(Math.round(row.requests_per_cpu_s)),
      grouped(Math.round(row.loop_requests_per_cpu_s)),
      row.peak_bytes === null ? "-" : `${digits(row.peak_bytes / 1e6)} MB`,
      cases[i].bench.args === undefined ? `${row.of_standard.toFixed(2)}x` : "",
      bound,
      row.within_bound === null ? "" : row.within_bound ? "yes" : "NO",
    ];
  });
  const head = ["case", "requests", "CPU", "wall", "requests per CPU-s", "in the loop", "peak"];
  const table = [[...head, "per request", "bound", "met"], ...rows];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return table.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
      .trimEnd()
  );
}
