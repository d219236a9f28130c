import {
  type MeasuredRun,
  type MeasuredServer,
  readConcurrencyPoints,
  readLoadPoints,
  readMeasuredRun,
  type ValidationData,
} from "../experiment/validation/mod.ts";
import { externalData } from "../results/external_data.ts";

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
  const load = Deno.readTextFileSync(externalData("vllm-load-points", "points.csv"));
  const concurrency = Deno.readTextFileSync(externalData("vllm-concurrency-points", "points.csv"));
  return {
    runs: RUNS.map(measuredRun),
    load: readLoadPoints(load),
    concurrency: readConcurrencyPoints(concurrency),
  };
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
  const read = (path: string) => Deno.readTextFileSync(externalData("llmservingsim", path));
  return readMeasuredRun(run.label, server, {
    requests: read(`${folder}/requests.jsonl`),
    workload: read(WORKLOAD),
    series: read(`${folder}/timeseries.csv`),
  });
}
