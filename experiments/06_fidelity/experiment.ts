import { boundRow, defineExperiment, type TargetRow } from "simfaasinfer/experiment";
import {
  BARS,
  type Latencies,
  type PointRow,
  ServerRunner,
  type Tuning,
  validate,
} from "simfaasinfer/validation";
import {
  BLIS,
  LLMSERVINGSIM,
  readConcurrencyPoints,
  readLoadPoints,
  readMeasuredRun,
} from "simfaasinfer/measurements";
import { predictedScatter } from "simfaasinfer/plot";

const RUN_FOLDER = { "rtx-4090": "RTX4090", "rtx-pro-6000": "RTXPRO6000" } as const;
type RunGpu = keyof typeof RUN_FOLDER;

/** Facts of the two runs: vLLM 0.19.0 with its defaults, as their meta.json has them. */
const RUN_SERVERS = {
  "rtx-4090": { maxSequences: 256, kvBlocks: 2587 },
  "rtx-pro-6000": { maxSequences: 128 },
} as const;

const runFile = (gpu: RunGpu, file: string) => ({
  dataset: "llmservingsim",
  path: `bench/examples/${RUN_FOLDER[gpu]}/Llama-3.1-8B/vllm/${file}`,
});

type Latency = "ttft" | "tpot" | "e2e";
const LATENCIES = [["ttft", "ttftSeconds"], ["tpot", "tpotSeconds"], [
  "e2e",
  "e2eSeconds",
]] as const;

type Measured = {
  readonly label: string;
  readonly server: string;
  readonly tuning: Tuning;
  /** Whose benchmark made the load. */
  readonly generator: string;
  readonly latency: Latency;
  readonly measured_s: number | null;
  readonly predicted_s: number | null;
  /** Signed for a point; the mean of the absolute errors of its requests for a run. */
  readonly error: number;
  readonly overloaded: boolean;
  readonly overload_predicted: boolean;
};

/** Real vLLM servers against their simulation. */
export default defineExperiment({
  id: "06_fidelity",
  version: 7,
  seed: 1,
  question: "How far are simulated latencies from those of real vLLM servers?",
  factors: { measurements: ["load points", "concurrency points", "rtx-4090", "rtx-pro-6000"] },
  inputs: {
    load: { dataset: "vllm-load-points", path: "points.csv" },
    concurrency: { dataset: "vllm-concurrency-points", path: "points.csv" },
    workload: { dataset: "llmservingsim", path: "workloads/sharegpt-llama-3.1-8b-300-sps10.jsonl" },
    "rtx-4090 requests": runFile("rtx-4090", "requests.jsonl"),
    "rtx-4090 series": runFile("rtx-4090", "timeseries.csv"),
    "rtx-pro-6000 requests": runFile("rtx-pro-6000", "requests.jsonl"),
    "rtx-pro-6000 series": runFile("rtx-pro-6000", "timeseries.csv"),
  },
  run({ cell, inputs }): Measured[] {
    const runner = new ServerRunner();
    const nothing = { runs: [], load: [], concurrency: [] };
    switch (cell.measurements) {
      case "load points": {
        const load = readLoadPoints(inputs.load);
        return validate(runner, { ...nothing, load }).load.flatMap(pointRows);
      }
      case "concurrency points": {
        const concurrency = readConcurrencyPoints(inputs.concurrency);
        return validate(runner, { ...nothing, concurrency }).concurrency.flatMap(pointRows);
      }
      default: {
        const gpu = cell.measurements;
        const server = {
          model: "llama-3.1-8b",
          gpu,
          tensorParallel: 1,
          weightDtype: "bf16",
          maxTokensPerStep: 2048,
          asyncScheduling: true,
          memoryShare: 0.9,
          ...RUN_SERVERS[gpu],
        } as const;
        const run = readMeasuredRun(gpu, server, {
          requests: inputs[`${gpu} requests`],
          workload: inputs.workload,
          series: inputs[`${gpu} series`],
        });
        return validate(runner, { ...nothing, runs: [run] }).runs.flatMap((row) =>
          LATENCIES.map(([latency]) => ({
            label: gpu,
            server: `llama-3.1-8b ${gpu}`,
            tuning: row.tuning,
            generator: "replayed",
            latency,
            measured_s: null,
            predicted_s: null,
            error: row.exact[latency],
            overloaded: false,
            overload_predicted: false,
          }))
        );
      }
    }
  },
  targets(rows) {
    const source = (dataset: string) => `data set ${dataset} in data/sources.yaml`;
    const bars: TargetRow[] = [];
    for (const latency of ["ttft", "tpot", "e2e"] as const) {
      bars.push(boundRow(
        `load-points/mean-error/${latency}`,
        source("vllm-load-points"),
        meanError(rows, "load points", "calibrated", latency),
        BARS.load[latency],
      ));
    }
    for (const latency of ["ttft", "tpot"] as const) {
      bars.push(boundRow(
        `concurrency-points/mean-error/${latency}`,
        source("vllm-concurrency-points"),
        meanError(rows, "concurrency points", "calibrated", latency),
        BARS.concurrency[latency],
      ));
    }
    const wrong = rows.filter((row) =>
      row.measurements === "load points" && row.tuning === "calibrated" &&
      row.latency === "ttft" && row.overloaded !== row.overload_predicted
    );
    bars.push(boundRow(
      "load-points/wrong-about-overload",
      source("vllm-load-points"),
      wrong.length,
      0,
      "count",
    ));
    // Beside what other simulators reach; no bars of ours.
    const beside = (id: string, of: string, theirs: number, ours: number): TargetRow => ({
      id,
      source: of,
      unit: "share",
      paper: theirs,
      ours,
      error: ours / theirs - 1,
      tolerance: null,
      pass: null,
    });
    for (const [latency] of LATENCIES) {
      bars.push(beside(
        `load-points/blis/${latency}`,
        BLIS.source,
        BLIS.errors[latency],
        meanError(rows, "load points", "calibrated", latency),
      ));
      for (const gpu of ["rtx-4090", "rtx-pro-6000"] as const) {
        bars.push(beside(
          `${gpu}/llmservingsim/${latency}`,
          LLMSERVINGSIM[gpu].source,
          LLMSERVINGSIM[gpu].errors[latency],
          meanError(rows, gpu, "calibrated", latency),
        ));
      }
    }
    return bars;
  },
  headlines: (rows) =>
    Object.fromEntries(
      (["untuned", "calibrated"] as const).flatMap((tuning) => [
        ...(["ttft", "tpot", "e2e"] as const).map((latency) => [
          `load_${tuning}_${latency}_error`,
          meanError(rows, "load points", tuning, latency),
        ]),
        ...(["ttft", "tpot"] as const).map((latency) => [
          `concurrency_${tuning}_${latency}_error`,
          meanError(rows, "concurrency points", tuning, latency),
        ]),
      ]),
    ),
  figures: {
    ttft_untuned: (rows, { column }) => scatter(rows, "untuned", "ttft", column),
    tpot_untuned: (rows, { column }) => scatter(rows, "untuned", "tpot", column),
    ttft_calibrated: (rows, { column }) => scatter(rows, "calibrated", "ttft", column),
    tpot_calibrated: (rows, { column }) => scatter(rows, "calibrated", "tpot", column),
  },
});

interface Row {
  readonly measurements: string;
}

function pointRows(point: PointRow): Measured[] {
  const { label, model, gpu, tensorParallel, tuning, measured, predicted, errors } = point;
  const present = (latencies: Latencies, key: keyof Latencies) =>
    Number.isNaN(latencies[key]) ? null : latencies[key];
  return LATENCIES.filter(([, key]) => present(measured, key) !== null).map(([latency, key]) => ({
    label,
    server: `${model.split("/").at(-1)!.replace("-Instruct", "").replace("-hf", "")} ` +
      `${gpu.split("-")[0].toUpperCase()}${tensorParallel > 1 ? ` x${tensorParallel}` : ""}`,
    tuning,
    generator: point.generator ?? "known",
    latency,
    measured_s: measured[key],
    predicted_s: predicted[key],
    error: errors[latency],
    overloaded: point.overload?.measured ?? false,
    overload_predicted: point.overload?.predicted ?? false,
  }));
}

/** Mean absolute error; overloaded points, whose latencies mean nothing, are left out. */
function meanError(
  rows: readonly (Measured & Row)[],
  measurements: string,
  tuning: Tuning,
  latency: Latency,
): number {
  const own = rows.filter((row) =>
    row.measurements === measurements && row.tuning === tuning && row.latency === latency &&
    !row.overloaded
  );
  return own.reduce((sum, row) => sum + Math.abs(row.error), 0) / own.length;
}

/** Points that kept up. */
function scatter(
  rows: readonly (Measured & Row)[],
  tuning: Tuning,
  latency: Latency,
  column: 1 | 2 | undefined,
) {
  const own = rows.filter((row) =>
    row.tuning === tuning && row.latency === latency && row.measured_s !== null &&
    !row.overloaded
  );
  return predictedScatter(
    own.map((row) => ({
      // One spelling of sizes, whatever the name of the model's repository has.
      series: row.server.split(" ")[0].replace(/(?<=\d)b$/, "B"),
      measured: 1000 * row.measured_s!,
      predicted: 1000 * row.predicted_s!,
    })),
    { title: `${latency.toUpperCase()} (ms)`, column },
  );
}
