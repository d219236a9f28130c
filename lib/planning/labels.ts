import type { Configuration } from "../config/configuration.ts";
import type { Candidate, CandidateFacts } from "./candidates.ts";

/** Factors that the beginning of a label says. */
const SAID = [
  "cluster.gpu_type",
  "parallelization.tensor_parallel_size",
  "parallelization.pipeline_parallel_size",
  "scaling.max_instances",
  "cluster.num_replicas",
  "scheduler.type",
];

/** A candidate in words: "4 x H100 TP1, vllm, concurrency target 24"; "up to 4" where it scales. */
export function labelOf({ config, facts, levels }: Candidate): string {
  if (config === undefined || facts === undefined) return levelsText(levels);
  const others = Object.entries(levels).filter(([path]) => !SAID.includes(path))
    .map(([path, level]) => `${pathText(path)} ${level}`);
  return [`${fleetText(config, facts)}, ${config.scheduler.type}`, ...others].join(", ");
}

function fleetText({ cluster, parallelization }: Configuration, facts: CandidateFacts): string {
  const { tensor_parallel_size: tensor, pipeline_parallel_size: pipeline } = parallelization;
  return `${facts.isFixed ? "" : "up to "}${facts.instances} x ${cluster.gpu_type} TP${tensor}` +
    (pipeline > 1 ? ` PP${pipeline}` : "");
}

/** Levels as they were given: "gpu_type A100, tensor_parallel_size 2". */
function levelsText(levels: Candidate["levels"]): string {
  return Object.entries(levels).map(([path, level]) => `${path.split(".").at(-1)} ${level}`)
    .join(", ");
}

/** The end of a path in words: "concurrency target" of "scaling.concurrency.target". */
function pathText(path: string): string {
  const parts = path.split(".");
  return (parts.length > 2 ? parts.slice(-2) : parts.slice(-1)).join(" ").replaceAll("_", " ");
}
