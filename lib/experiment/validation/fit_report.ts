import { calibrationEntries } from "../../execution/calibrated/mod.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import { loadGeneratorNamed } from "./load_generator.ts";
import type { LatencyErrors } from "./latencies.ts";
import { meanOfRows, type PointRow, type Validation } from "./validate.ts";

/** Mean absolute relative error over measured points. */
export interface TermError {
  readonly error: number;
  readonly points: number;
}

/** What one number of the predictions is worth: on points that constants saw, and on others. */
export interface FitRow {
  /** What is predicted, of what. */
  readonly term: string;
  /** Of points that constants were fitted on; absent: none were. */
  readonly inFit?: TermError;
  /** Of points that no constant has seen: by the constants of other models, or of other points. */
  readonly neverFitted?: TermError;
  /** How the latter were kept from the fit. */
  readonly by: string;
}

const LATENCIES = ["ttft", "tpot", "e2e"] as const;
const SHOWN = { ttft: "TTFT", tpot: "TPOT", e2e: "E2E" } as const;

/**
 * The errors of the calibrated replays, those of points that the constants were fitted on apart from
 * those of points that they were not.
 */
export function fitReport({ runs, load, concurrency }: Validation): FitRow[] {
  const calibrated = <Row extends { readonly tuning: string }>(rows: readonly Row[]) =>
    rows.filter(({ tuning }) => tuning === "calibrated");
  const closed = calibrated(concurrency);
  const isFitted = (row: PointRow) => !loadGeneratorNamed(row.generator!).asyncScheduling;
  return [
    ...loadRows(calibrated(load)),
    ...closedRows(closed.filter(isFitted), true),
    ...closedRows(closed.filter((row) => !isFitted(row)), false),
    ...calibrated(runs).flatMap(({ label, mean }) =>
      LATENCIES.map((key): FitRow => ({
        term: `${SHOWN[key]} of the run ${label}`,
        neverFitted: { error: mean[key], points: 1 },
        by: "constants of the load points",
      }))
    ),
  ];
}

/** Open-loop stages by family of GPUs, whose constants all three latencies went into. */
function loadRows(rows: readonly PointRow[]): FitRow[] {
  const stable = rows.filter(({ overload }) => !overload!.measured);
  const families = Map.groupBy(stable, ({ gpu }) => gpuNamed(gpu).generation.split("-")[0]);
  return [...families].flatMap(([family, members]) => {
    const mean = meanOfRows(members);
    const held = heldOut("vllm-load-points", family);
    return LATENCIES.map((key): FitRow => ({
      term: `${SHOWN[key]} of load points, ${family}`,
      inFit: { error: mean[key], points: members.length },
      ...(held && { neverFitted: { error: held.mean[key], points: held.points } }),
      by: held === undefined ? "one model alone" : "each model by the constants of the others",
    }));
  });
}

/** Closed-loop points: times to first token are in no fit. */
function closedRows(rows: readonly PointRow[], isFitted: boolean): FitRow[] {
  if (rows.length === 0) return [];
  const mean = meanOfRows(rows);
  const points = rows.length;
  const of = `concurrency points by ${rows[0].generator}`;
  const held = isFitted ? heldOut("vllm-concurrency-points", "any") : undefined;
  const ttft: FitRow = {
    term: `TTFT of ${of}`,
    neverFitted: { error: mean.ttft, points },
    by: isFitted ? "TPOT alone was fitted" : "constants of the load points",
  };
  const tpot: FitRow = isFitted
    ? {
      term: `TPOT of ${of}`,
      inFit: { error: mean.tpot, points },
      ...(held && { neverFitted: { error: held.mean.tpot, points: held.points } }),
      by: held === undefined ? "one model alone" : "each model by the constants of the others",
    }
    : { term: `TPOT of ${of}`, neverFitted: { error: mean.tpot, points }, by: ttft.by };
  return [ttft, tpot];
}

/** Errors of each model under the constants that the others give, as of the last calibration. */
function heldOut(
  data: string,
  family: string,
): { readonly mean: LatencyErrors; readonly points: number } | undefined {
  const entry = calibrationEntries().find((one) => one.data === data && one.family === family);
  const models = entry?.leaveOneModelOut ?? [];
  const points = models.reduce((sum, model) => sum + model.points, 0);
  if (points === 0) return undefined;
  const mean = (key: keyof LatencyErrors) =>
    models.reduce((sum, model) => sum + model.points * (model[key] ?? NaN), 0) / points;
  return { mean: { ttft: mean("ttft"), tpot: mean("tpot"), e2e: mean("e2e") }, points };
}
