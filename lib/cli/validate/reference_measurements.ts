import {
  type EnergyPoint,
  type MeasuredRun,
  type MeasuredServer,
  type MeasuredStep,
  readConcurrencyPoints,
  readEnergyPoints,
  readLoadPoints,
  readMeasuredRun,
  readMeasuredSteps,
  type ValidationData,
} from "../../experiment/validation/mod.ts";
import { externalData, findExternalData } from "../../results/external_data.ts";
import { parseInput } from "../../std/input_error.ts";
import { readInput } from "../read_input.ts";

const WORKLOAD = "workloads/sharegpt-llama-3.1-8b-300-sps10.jsonl";

/** Facts of the two runs: vLLM 0.19.0 with its defaults, as their meta.json has them. */
const RUNS = [
  { label: "RTX 4090 Llama-3.1-8B", folder: "RTX4090", gpu: "rtx-4090", maxSequences: 256 },
  {
    label: "RTX PRO 6000 Llama-3.1-8B",
    folder: "RTXPRO6000",
    gpu: "rtx-pro-6000",
    maxSequences: 128,
  },
] as const;

/** KV blocks that vLLM reports; one of them it keeps for itself. */
const RTX_4090_BLOCKS = 2588;

/**
 * Reads the measurements of real servers from the external data sets.
 *
 * @throws {RangeError} If a data set is missing, with the command that fetches it.
 */
export function referenceMeasurements(): ValidationData {
  return {
    runs: RUNS.map(measuredRun),
    load: readPoints("vllm-load-points", readLoadPoints),
    concurrency: readPoints("vllm-concurrency-points", readConcurrencyPoints),
  };
}

/** Whole steps that were timed on an H200; none where that data set is not at hand. */
export function referenceSteps(): MeasuredStep[] {
  const files = ["decode_steps.csv", "unequal_steps.csv", "prompt_steps.csv"]
    .map((path) => findExternalData("h200-measured", path));
  if (files.some((file) => file === undefined)) return [];
  const [decodes, unequal, prompts] = files.map((file) => readMeasured(file!));
  return readMeasuredSteps({ decodes, unequal, prompts });
}

/** Measured power of GPUs under load; none where the data set is not at hand. */
export function energyPoints(): EnergyPoint[] {
  const file = findExternalData("ml-energy", "text_energy.csv");
  return file === undefined
    ? []
    : parseInput({ file, what: "measured power" }, readMeasured(file), readEnergyPoints);
}

function readPoints<Point>(dataset: string, read: (text: string) => Point[]): Point[] {
  const file = externalData(dataset, "points.csv");
  return parseInput({ file, what: "measured points" }, readMeasured(file), read);
}

function readMeasured(path: string): string {
  return readInput(path, "measurements of a server", "measurements");
}

function measuredRun(run: (typeof RUNS)[number]): MeasuredRun {
  const server: MeasuredServer = {
    model: "llama-3.1-8b",
    gpu: run.gpu,
    tensorParallel: 1,
    weightDtype: "bf16",
    maxSequences: run.maxSequences,
    maxTokensPerStep: 2048,
    asyncScheduling: true,
    ...(run.gpu === "rtx-4090" && { kvBlocks: RTX_4090_BLOCKS - 1 }),
    memoryShare: 0.9,
  };
  const folder = `bench/examples/${run.folder}/Llama-3.1-8B/vllm`;
  const read = (path: string) => readMeasured(externalData("llmservingsim", path));
  const [workload, series] = [read(WORKLOAD), read(`${folder}/timeseries.csv`)];
  const file = externalData("llmservingsim", `${folder}/requests.jsonl`);
  return parseInput(
    { file, what: "a measured run" },
    readMeasured(file),
    (requests) => readMeasuredRun(run.label, server, { requests, workload, series }),
  );
}
