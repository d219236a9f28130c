import {
  type MeasuredRun,
  replayMeasuredRun,
  type ServerRunner,
  UNTUNED,
  type Validation,
  type ValidationData,
} from "../experiment/validation/mod.ts";
import {
  type CdfRow,
  type CurveRow,
  type FigureSpec,
  latencyCdf,
  pairedCurves,
  predictedMeasured,
  type PredictionRow,
  renderFigure,
  thinCdf,
} from "../plot/mod.ts";

/** Draws the figures of docs/fidelity.md as SVG files into a directory. */
export async function drawFidelity(
  runner: ServerRunner,
  data: ValidationData,
  validation: Validation,
  directory: string,
): Promise<void> {
  Deno.mkdirSync(directory, { recursive: true });
  const draw = async (name: string, spec: FigureSpec) => {
    await Deno.writeFile(`${directory}/fidelity-${name}.svg`, await renderFigure(spec, "svg"));
  };
  if (validation.load.length > 0) {
    const points = [
      ...validation.load.filter((row) => !row.overload!.measured),
      ...validation.concurrency.filter((row) => row.generator === "inferred"),
    ].filter((row) => row.tuning === "calibrated");
    const rowsOf = (key: "tpotSeconds" | "ttftSeconds") =>
      points.map((row): PredictionRow => ({
        series: row.model.split("/").at(-1)!.replace(/-(hf|Instruct)$/, ""),
        measuredSeconds: row.measured[key],
        predictedSeconds: row.predicted[key],
      }));
    await draw("tpot", predictedMeasured(rowsOf("tpotSeconds"), { quantity: "TPOT" }));
    await draw("ttft", predictedMeasured(rowsOf("ttftSeconds"), { quantity: "TTFT" }));
  }
  for (const run of data.runs) {
    const { columns, timeSeries } = replayMeasuredRun(runner, run, UNTUNED, 0).record;
    const { count, arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, outputTokens } =
      columns;
    const predicted = (of: (row: number) => number) =>
      Float64Array.from({ length: count }, (_, i) => of(i));
    const ttft = predicted((i) => firstTokenAtSeconds[i] - arrivalAtSeconds[i]);
    const tpot = predicted((i) =>
      (completedAtSeconds[i] - firstTokenAtSeconds[i]) / (outputTokens[i] - 1)
    );
    const e2e = predicted((i) => completedAtSeconds[i] - arrivalAtSeconds[i]);
    const scatter = [
      ...pairs("TTFT", ttft, run.ttftSeconds),
      ...pairs("TPOT", tpot, run.tpotSeconds),
      ...pairs("E2E", e2e, run.e2eSeconds),
    ];
    const name = run.server.gpu;
    await draw(`${name}-requests`, predictedMeasured(scatter, { quantity: "latency" }));
    await draw(
      `${name}-cdf`,
      latencyCdf([
        ...cdf("TTFT measured", run.ttftSeconds),
        ...cdf("TTFT predicted", ttft),
        ...cdf("TPOT measured", run.tpotSeconds),
        ...cdf("TPOT predicted", tpot),
      ]),
    );
    await draw(`${name}-series`, pairedCurves(curves(run, timeSeries)));
  }
}

function pairs(series: string, predicted: Float64Array, measured: Float64Array): PredictionRow[] {
  return Array.from(predicted, (predictedSeconds, i) => ({
    series,
    measuredSeconds: measured[i],
    predictedSeconds,
  }));
}

function cdf(series: string, seconds: Float64Array): CdfRow[] {
  return thinCdf(seconds.slice().sort()).map(({ value, share }) => ({
    series,
    seconds: value,
    share,
  }));
}

function curves(
  run: MeasuredRun,
  series: ReturnType<typeof replayMeasuredRun>["record"]["timeSeries"],
): CurveRow[] {
  const rows: CurveRow[] = [];
  for (const { timeSeconds, running, waiting } of run.series) {
    rows.push({ panel: "Running", series: "measured", timeSeconds, value: running });
    rows.push({ panel: "Waiting", series: "measured", timeSeconds, value: waiting });
  }
  for (let i = 0; i < series.count; i++) {
    const timeSeconds = series.timeSeconds[i];
    rows.push({ panel: "Running", series: "predicted", timeSeconds, value: series.running[i] });
    rows.push({ panel: "Waiting", series: "predicted", timeSeconds, value: series.queued[i] });
  }
  return rows;
}
