import {
  BARS,
  BLIS,
  concurrencyPointConfiguration,
  ENERGY_BARS,
  energyErrors,
  type EnergyPoint,
  fitReport,
  type FitRow,
  type LatencyErrors,
  LLMSERVINGSIM,
  loadPointConfiguration,
  meanOfRows,
  type PointRow,
  replayMeasuredRun,
  ServerRunner,
  shippedConstants,
  sourceReport,
  type SourceRow,
  stepSourceReport,
  type StepSourceRow,
  type Tuning,
  validate,
  type Validation,
  type ValidationData,
} from "../../experiment/validation/mod.ts";
import { suggest } from "../../std/suggest.ts";
import { stringify } from "../../std/yaml.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { energyPoints, referenceMeasurements, referenceSteps } from "./reference_measurements.ts";
import { fitTable, sourceTable, stepSourceTable } from "./show_fit.ts";
import { refuseStepOptions, STEP_OPTIONS, validateSteps } from "./validate_steps.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "json", describe: "All rows as one JSON object" },
  { name: "quick", describe: "The per-request runs alone, with two seeds" },
  { name: "rows", describe: "Every measured point, not the means alone" },
  {
    name: "show-config",
    value: "ROW",
    describe: "Print the configuration of a load or concurrency point by its name in --rows",
  },
  { name: "figures", value: "DIR", describe: "Also draw the figures as SVG into this directory" },
  ...STEP_OPTIONS,
];

const HELP = `Replays measurements of real servers and shows the error.

Usage: deno task validate [--json] [--quick] [--rows] [--figures DIR]
       deno task validate --show-config ROW > row.yaml && deno task simulate row.yaml
       deno task validate --steps FILE --model NAME --profile NAME

${describeOptions(OPTIONS)}

Then errors of points that constants were fitted on apart from those of points that they were not, and
the sources of step times side by side (* the best; whole steps need the data set h200-measured).

Two rows each: with nothing fitted, and with the constants of data/profiles/calibration.yaml. Needs the
data sets llmservingsim, vllm-load-points and vllm-concurrency-points; with ml-energy the power of GPUs
is compared as well. \`simulate\` of what --show-config
prints gives what is shown for that row with the constants (execution.source: profiled: without).`;

/** The command as `lib/cli/main.ts` lists it. */
export const validateCommand: Command = {
  name: "validate",
  summary: "Replay measurements of real servers and show the error",
  help: HELP,
  async run(args, print) {
    const options = readArguments("validate", args, OPTIONS, 0);
    const steps = options.value("steps");
    if (steps !== undefined) {
      validateSteps(steps, options, print);
      return 0;
    }
    refuseStepOptions(options);
    const data = referenceMeasurements();
    const row = options.value("show-config");
    if (row !== undefined) {
      print(stringify(rowConfiguration(data, row)).trimEnd());
      return 0;
    }
    const runner = new ServerRunner();
    const quick = options.flag("quick");
    const seeds = quick ? 2 : 8;
    const wanted = quick ? { ...data, load: [], concurrency: [] } : data;
    const validation = validate(runner, wanted, seeds);
    // Times are composed by now: this is the simulation alone.
    const startedMs = performance.now();
    for (const run of data.runs) {
      replayMeasuredRun(runner, run, shippedConstants(run.server.gpu, true), 0);
    }
    const secondsPerRun = (performance.now() - startedMs) / 1000 / data.runs.length;
    const figures = options.value("figures");
    if (figures !== undefined) {
      const { drawFidelity } = await import("./fidelity_figures.ts");
      await drawFidelity(runner, data, validation, figures);
    }
    const reports = {
      fit: fitReport(validation),
      sources: sourceReport(wanted.load, validation.load),
      stepSources: stepSourceReport(quick ? [] : referenceSteps()),
    };
    if (options.flag("json")) {
      const published = { LLMSERVINGSIM, BLIS };
      print(JSON.stringify({ ...validation, ...reports, published }, null, 2));
      return 0;
    }
    for (const line of showValidation(validation, options.flag("rows"))) print(line);
    for (const line of showReports(reports)) print(line);
    for (const line of showEnergy(energyPoints())) print(line);
    print("");
    print(`A run of 300 requests takes ${(1000 * secondsPerRun).toFixed(1)} ms of simulation.`);
    return 0;
  },
};

/** The configuration of a measured point. @throws {UsageError} If no point has that name. */
function rowConfiguration({ load, concurrency, runs }: ValidationData, row: string) {
  const stage = load.find(({ label }) => label === row);
  if (stage !== undefined) return loadPointConfiguration(stage, "calibrated");
  const point = concurrency.find(({ label }) => label === row);
  if (point !== undefined) return concurrencyPointConfiguration(point, "calibrated");
  const known = [...load, ...concurrency].map(({ label }) => label);
  if (runs.some(({ label }) => label === row)) {
    throw new UsageError(
      `Cannot show a configuration of "${row}": it replays the arrivals of the client's log, which no ` +
        "file of the simulator holds (allowed: load and concurrency points)",
    );
  }
  throw new UsageError(
    `Cannot find a measured point as one of those of \`deno task validate --rows\`: current value is ` +
      `"${row}"${hintOf(row, known)}`,
  );
}

function hintOf(row: string, known: readonly string[]): string {
  const near = suggest(row, known);
  return near === undefined ? ` (such as "${known[0]}")` : `; did you mean "${near}"?`;
}

/** The tables of a validation as lines. */
export function showValidation(validation: Validation, rows = false): string[] {
  return [
    ...showRuns(validation),
    ...(validation.load.length > 0 ? showLoad(validation.load, rows) : []),
    ...(validation.concurrency.length > 0 ? showConcurrency(validation.concurrency, rows) : []),
  ];
}

/** The tables of what is worth what: in the fit and never fitted, and by source. */
export function showReports(
  { fit, sources, stepSources }: {
    readonly fit: readonly FitRow[];
    readonly sources: readonly SourceRow[];
    readonly stepSources: readonly StepSourceRow[];
  },
): string[] {
  const tables = [
    fitTable(fit),
    ...(sources.length > 0 ? [sourceTable(sources)] : []),
    ...(stepSources.length > 0 ? [stepSourceTable(stepSources)] : []),
  ];
  return tables.flatMap((table) => ["", ...aligned(table)]);
}

function showRuns({ runs }: Validation): string[] {
  const table = [["per request, MAPE %", "TTFT", "TPOT", "E2E", "exact arrivals"]];
  for (const gpu of new Set(runs.map((run) => run.gpu))) {
    const published = LLMSERVINGSIM[gpu];
    for (const run of runs.filter((candidate) => candidate.gpu === gpu)) {
      const cell = (key: keyof LatencyErrors) =>
        `${percent(run.mean[key])} [${percent(run.least[key])}..${percent(run.most[key])}]` +
        mark(run.mean[key] <= published.errors[key]);
      table.push([
        `${run.label}, ${run.tuning}`,
        cell("ttft"),
        cell("tpot"),
        cell("e2e"),
        exactCell(run.exact, published.errors),
      ]);
    }
    table.push([
      `${runs.find((run) => run.gpu === gpu)!.label}, ${published.of}`,
      percent(published.errors.ttft),
      percent(published.errors.tpot),
      percent(published.errors.e2e),
      "",
    ]);
  }
  return aligned(table);
}

function showLoad(load: readonly PointRow[], rows: boolean): string[] {
  const table = [["load points, mean error %", "points", "TTFT", "TPOT", "E2E", "stability"]];
  for (const tuning of ["untuned", "calibrated"] as Tuning[]) {
    const of = load.filter((row) => row.tuning === tuning);
    for (const group of [...groups(of, (row) => `${row.model} ${row.gpu}`), ["all", of] as const]) {
      const [name, members] = group;
      const stable = members.filter((row) => !row.overload!.measured);
      const mean = meanOfRows(members);
      const right = members.filter((row) => row.overload!.measured === row.overload!.predicted);
      const bar = (key: keyof LatencyErrors) =>
        name === "all" ? mark(mean[key] <= BARS.load[key]) : "";
      table.push([
        `${name}, ${tuning}`,
        String(stable.length),
        percent(mean.ttft) + bar("ttft"),
        percent(mean.tpot) + bar("tpot"),
        percent(mean.e2e) + bar("e2e"),
        `${right.length} of ${members.length} right`,
      ]);
      if (rows && name === "all") table.push(...members.map(pointLine));
    }
  }
  table.push([`all, ${BLIS.of}`, "", ...slashed(BLIS.errors).split("/"), ""]);
  return ["", ...aligned(table)];
}

function showConcurrency(concurrency: readonly PointRow[], rows: boolean): string[] {
  const table = [["concurrency points, mean error %", "points", "TTFT", "TPOT"]];
  for (const tuning of ["untuned", "calibrated"] as Tuning[]) {
    const of = concurrency.filter((row) => row.tuning === tuning);
    const models = groups(of, (row) => `${row.model} by ${row.generator}`);
    for (const [name, members] of [...models, ["all", of] as const]) {
      const mean = meanOfRows(members);
      const bar = (key: "ttft" | "tpot") =>
        name === "all" ? mark(mean[key] <= BARS.concurrency[key]) : "";
      table.push([
        `${name}, ${tuning}`,
        String(members.length),
        percent(mean.ttft) + bar("ttft"),
        percent(mean.tpot) + bar("tpot"),
      ]);
      if (rows && name === "all") table.push(...members.map((row) => pointLine(row).slice(0, 4)));
    }
  }
  return ["", ...aligned(table)];
}

function pointLine(row: PointRow): string[] {
  const cell = (predicted: number, measured: number, error: number) =>
    Number.isNaN(measured)
      ? "-"
      : `${(1000 * predicted).toFixed(1)} for ${(1000 * measured).toFixed(1)} ms ${
        error >= 0 ? "+" : ""
      }${percent(error)}`;
  const { predicted, measured, errors, overload } = row;
  return [
    `  ${row.label} ${row.gpu}`,
    "",
    cell(predicted.ttftSeconds, measured.ttftSeconds, errors.ttft),
    cell(predicted.tpotSeconds, measured.tpotSeconds, errors.tpot),
    cell(predicted.e2eSeconds, measured.e2eSeconds, errors.e2e),
    overload === undefined ? "" : overload.predicted ? "overload" : "stable",
  ];
}

/** Power of GPUs under steady load, where the data set is at hand. */
function showEnergy(points: readonly EnergyPoint[]): string[] {
  const table = [["power per GPU", "points", "median error %", "within 35 %", "pairs in order"]];
  for (const [name, members] of [...groups(points, ({ gpu }) => gpu), ["all", points] as const]) {
    const { errors } = energyErrors(members);
    const isAll = name === "all";
    const held = (share: number, least: number) =>
      `${percent(share)} %${isAll ? mark(share >= least) : ""}`;
    table.push([
      name,
      String(errors.points),
      percent(errors.median) + (isAll ? mark(errors.median <= ENERGY_BARS.median) : ""),
      held(errors.within, ENERGY_BARS.share),
      held(errors.ordered, ENERGY_BARS.ordered),
    ]);
  }
  return points.length === 0 ? [] : ["", ...aligned(table)];
}

function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string) {
  const keys = [...new Set(rows.map(keyOf))];
  return keys.map((key) => [key, rows.filter((row) => keyOf(row) === key)] as const);
}

function percent(share: number): string {
  return (100 * share).toFixed(Math.abs(share) < 0.01 ? 2 : 1);
}

function mark(met: boolean): string {
  return met ? " +" : " -";
}

/** Errors at the exact arrivals, as the published ones were made. */
function exactCell(exact: LatencyErrors, published: LatencyErrors): string {
  return (["ttft", "tpot", "e2e"] as const).map((key) =>
    (100 * exact[key]).toFixed(2) + mark(exact[key] <= published[key])
  ).join("  ");
}

function slashed({ ttft, tpot, e2e }: LatencyErrors): string {
  return [ttft, tpot, e2e].map(percent).join("/");
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => (row[i] ?? "").length)));
  return table.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
      .trimEnd()
  );
}
