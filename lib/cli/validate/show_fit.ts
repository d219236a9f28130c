import type {
  FitRow,
  LatencyErrors,
  SourceRow,
  StepSourceRow,
  TermError,
} from "../../experiment/validation/mod.ts";

const percent = (share: number) => (100 * share).toFixed(1);

const cell = (error: TermError | undefined) =>
  error === undefined ? "-" : `${percent(error.error)} (${error.points})`;

/** The table of errors in the fit and never fitted, its head first. */
export function fitTable(rows: readonly FitRow[]): string[][] {
  return [
    ["mean error % (points)", "in the fit", "never fitted", "kept from the fit by"],
    ...rows.map(({ term, inFit, neverFitted, by }) => [
      term,
      cell(inFit),
      cell(neverFitted),
      neverFitted === undefined ? `nothing: ${by}` : by,
    ]),
  ];
}

const LATENCIES: readonly (keyof LatencyErrors)[] = ["ttft", "tpot", "e2e"];

/** The table of sources side by side, its head first; the best of each latency is marked. */
export function sourceTable(rows: readonly SourceRow[]): string[][] {
  const sources = ["analytical", "profiled", "calibrated"] as const;
  return [
    ["load points by source, TTFT/TPOT/E2E %", "points", ...sources],
    ...rows.map((row) => [
      row.name,
      String(row.points),
      ...sources.map((source) =>
        LATENCIES.map((key) => {
          const isBest = sources.every((other) => row[source][key] <= row[other][key]);
          return percent(row[source][key]) + (isBest ? "*" : "");
        }).join(" / ")
      ),
    ]),
  ];
}

/** The same for whole steps. */
export function stepSourceTable(rows: readonly StepSourceRow[]): string[][] {
  return [
    ["whole steps on an H200, never fitted, %", "steps", "analytical", "profiled"],
    ...rows.map(({ term, steps, analytical, profiled }) => [
      term,
      String(steps),
      percent(analytical) + (analytical <= profiled ? "*" : ""),
      percent(profiled) + (profiled <= analytical ? "*" : ""),
    ]),
  ];
}
