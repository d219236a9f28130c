import { LATENCY_PART_NAMES } from "../../metrics/latency_parts.ts";
import { exists } from "../../results/exists.ts";
import { readManifest } from "../../results/owned_files.ts";
import { recoverResults } from "../../results/result_directory.ts";
import { textCodes } from "../figure_source.ts";
import { inOtherFormat, readDrawnSummary, readParts } from "../read_figure_source.ts";
import { InputError } from "../../std/input_error.ts";
import { readTable, type TableColumns } from "../table_columns.ts";
import type { ExplainSource } from "./explain_source.ts";
import { stageSpans } from "./start_stages.ts";

const REQUESTS = [
  ...["function", "instance", "arrival_s", "scheduled_s", "first_token_s", "completed_s"],
  ...["prompt_tokens", "output_tokens", "cached_tokens", "preemptions", "outcome"],
];

/**
 * Reads from a directory of results what stories of its requests are told from.
 *
 * @throws {RangeError} If it holds no results of a run in Parquet, or without the parts of latencies;
 *   the message says what to do.
 */
export async function readExplainSource(directory: string): Promise<ExplainSource> {
  checkExplains(directory);
  const [requests, parts, instances, waits] = await Promise.all([
    readTable(directory, "requests", REQUESTS),
    readTable(directory, "latency_parts", LATENCY_PART_NAMES.map((name) => `${name}_s`)),
    readInstances(directory),
    readTable(directory, "cold_start_waits", ["request", "instance", "stage", "wait_s"]),
  ]);
  const functions = textCodes(requests.texts("function"));
  const outcomes = textCodes(requests.texts("outcome"));
  const stages = textCodes(waits.texts("stage"));
  const arrivalAtSeconds = requests.floats("arrival_s");
  const phase = instances.texts("phase");
  const instance = instances.integers("instance");
  const [from, to] = [instances.floats("start_s"), instances.floats("end_s")];
  const sharers = instances.has("sharers") ? instances.floats("sharers") : undefined;
  return {
    count: arrivalAtSeconds.length,
    functionId: functions.codes,
    functionNames: functions.names,
    // Who was in no instance has none.
    instanceId: requests.floats("instance").map((id) => Number.isNaN(id) ? -1 : id),
    arrivalAtSeconds,
    scheduledAtSeconds: requests.floats("scheduled_s"),
    firstTokenAtSeconds: requests.floats("first_token_s"),
    completedAtSeconds: requests.floats("completed_s"),
    promptTokens: requests.integers("prompt_tokens"),
    outputTokens: requests.integers("output_tokens"),
    cachedTokens: requests.integers("cached_tokens"),
    preemptions: requests.integers("preemptions"),
    outcome: outcomes.codes,
    outcomeNames: outcomes.names,
    parts: readParts(parts),
    waits: {
      request: waits.integers("request"),
      instanceId: waits.integers("instance"),
      stage: stages.codes,
      stageNames: stages.names,
      waitSeconds: waits.floats("wait_s"),
    },
    stages: stageSpans(phase.length, (row) => ({
      instanceId: instance[row],
      phase: phase[row],
      startAtSeconds: from[row],
      endAtSeconds: to[row],
      sharers: sharers?.[row] ?? NaN,
    })),
    measuredFromSeconds: readDrawnSummary(`${directory}/summary.json`).measured?.from_s ?? 0,
  };
}

/** The lives of instances; results of earlier versions do not tell who shared links. */
async function readInstances(directory: string): Promise<TableColumns> {
  const columns = ["instance", "phase", "start_s", "end_s"];
  try {
    return await readTable(directory, "instances", [...columns, "sharers"]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return await readTable(directory, "instances", columns);
  }
}

/**
 * Checks that a directory holds results of a run, in Parquet and with the parts of latencies.
 *
 * @throws {RangeError} If it does not, with what it holds and what to do.
 */
export function checkExplains(directory: string): void {
  recoverResults(directory);
  const manifest = readManifest(directory);
  const refuse = (wanted: string, found: string): never => {
    throw new RangeError(`Cannot explain a directory as ${wanted}: current value is ${found}`);
  };
  const shown = JSON.stringify(directory);
  if (manifest === undefined) {
    return refuse("results of a run", `${shown}, without a manifest.json of ours`);
  }
  if (manifest.format.startsWith("simfaasinfer-plan/")) {
    return refuse(
      "results of a run",
      `${shown}, a plan, which keeps no requests: simulate the configuration in its plan.json ` +
        "with --out DIR and give DIR",
    );
  }
  if (manifest.experiment !== undefined) {
    return refuse(
      "results of a run",
      `${shown}, an experiment, which keeps the figures of its cells and not their requests: ` +
        "simulate the configuration of one cell with --out DIR and give DIR",
    );
  }
  if (!exists(`${directory}/requests.parquet`)) {
    const found = inOtherFormat(directory, "requests.parquet");
    return refuse("results in Parquet", `${shown}${found || ", without requests.parquet"}`);
  }
  if (!exists(`${directory}/latency_parts.parquet`)) {
    return refuse(
      "results with the parts of latencies",
      `${shown}, without latency_parts.parquet (older than that table, or of a run that did not ` +
        "record them): simulate it again with metrics.explain: true",
    );
  }
}
