import {
  type MeasuredRun,
  replayMeasuredRun,
  type ServerRunner,
  UNTUNED,
  type Validation,
  type ValidationData,
} from "../../experiment/validation/mod.ts";
import {
  type CdfRow,
  type CurveRow,
  type FigureSpec,
  latencyCdf,
  pairedCurves,
  predictedScatter,
  renderFigure,
  type ScatterRow,
  thinCdf,
} from "../../plot/mod.ts";
import { ownFigure, writeOwnFile } from "../own_file.ts";

/** Error that the outer lines of the figures show, relative. */
const WITHIN = 0.1;

/** Draws the figures of docs/fidelity.md as SVG files into a directory. */
export async function drawFidelity(
  runner: ServerRunner,
  data: ValidationData,
  validation: Validation,
  directory: string,
): Promise<void> {
  Deno.mkdirSync(directory, { recursive: true });
  const draw = async (name: string, spec: FigureSpec) => {
    const file = `${directory}/fidelity-${name}.svg`;
    writeOwnFile(file, await renderFigure(spec, "svg"), ownFigure("--figures", "svg"));
  };
  if (validation.load.length > 0) {
    const points = [
      ...validation.load.filter((row) => !row.overload!.measured),
      ...validation.concurrency,
    ].filter((row) => row.tuning === "calibrated");
    const rowsOf = (key: "tpotSeconds" | "ttftSeconds", unitsPerSecond: number) =>
      points.map((row): ScatterRow => ({
        // One spelling of sizes, whatever the name of the model's repository has.
        series: row.model.split("/").at(-1)!.replace(/-(hf|Instruct)$/, "").replace(
          /(?<=\d)b$/,
          "B",
        ),
        measured: unitsPerSecond * row.measured[key],
        predicted: unitsPerSecond * row.predicted[key],
      }));
    const tpot = rowsOf("tpotSeconds", 1000);
    await draw("tpot", predictedScatter(tpot, { title: "TPOT (ms)", within: WITHIN }));
    const ttft = rowsOf("ttftSeconds", 1);
    await draw("ttft", predictedScatter(ttft, { title: "TTFT (s)", within: WITHIN }));
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
    await draw(
      `${name}-requests`,
      predictedScatter(scatter, { title: "(s)", within: WITHIN, column: 2 }),
    );
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

function pairs(panel: string, predicted: Float64Array, measured: Float64Array): ScatterRow[] {
  return Array.from(
    predicted,
    (seconds, i) => ({ panel, series: "request", measured: measured[i], predicted: seconds }),
  );
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
  const add = (
    name: string,
    timeSeconds: number,
    running: number,
    waiting: number,
    tokensPerSecond: number,
  ) => {
    const at = { series: name, timeSeconds };
    rows.push({ ...at, panel: "Running\nrequests", value: running });
    rows.push({ ...at, panel: "Waiting\nrequests", value: waiting });
    rows.push({ ...at, panel: "Output\n(tokens/s)", value: tokensPerSecond });
  };
  for (const { timeSeconds, running, waiting, outputTokensPerSecond } of run.series) {
    add("measured", timeSeconds, running, waiting, outputTokensPerSecond);
  }
  for (let i = 0; i < series.count; i++) {
    add(
      "predicted",
      series.timeSeconds[i],
      series.running[i],
      series.queued[i],
      series.outputTokensPerSecond[i],
    );
  }
  return rows;
}
