import { oneStart, type StartStages } from "../serverless/cold_start/mod.ts";
import type { SpeculationParts } from "../engine/speculation.ts";
import type { Deployment } from "./deployment.ts";
import { clusterLinks, ownMachineLinks } from "./start_links.ts";
import { presentTier } from "./present.ts";
import type { StartKind } from "./starts.ts";
import type { WorkloadFacts } from "./workload_facts.ts";

/**
 * What one start takes on a machine that has what every machine has when the run begins, and nothing
 * else, without noise, seconds.
 */
export function estimatedStartSeconds(
  { config, deployment, plans }: StartKind,
  stages: StartStages = "all",
): number {
  const plan = plans?.[stages];
  if (plan === undefined) return 0;
  const { gpus, weightBytes, shape } = deployment;
  const [start] = oneStart({
    plan,
    weightBytes,
    imageBytes: config.cold_start.image_size ?? 0,
    weightsIn: presentTier(config.cold_start.present),
    artifacts: config.cold_start.present,
    ranks: gpus,
    features: { layers: shape.layers.length },
    cluster: clusterLinks([{ config, deployment, plans }]),
    node: ownMachineLinks(deployment, gpus, plan),
  });
  return start.readyAtSeconds;
}

/**
 * Time that a request of mean lengths spends in an instance that serves `concurrency` of them at
 * once, seconds: its output tokens at the step time of that batch, and a prefill of each of the
 * requests that take the others' places meanwhile.
 */
export function estimatedHoldSeconds(
  { execution, maxModelTokens }: Deployment,
  workload: Pick<WorkloadFacts, "meanPromptTokens" | "meanOutputTokens">,
  concurrency: number,
  speculation?: SpeculationParts,
): number {
  const prompt = Math.min(workload.meanPromptTokens, maxModelTokens);
  const output = workload.meanOutputTokens;
  const sequences = Math.max(1, Math.round(concurrency));
  const none = new Int32Array(0);
  const drafted = speculation?.draftTokens(sequences) ?? 0;
  const decodeTokens = drafted === 0
    ? sequences
    : Math.round(sequences * (1 + speculation!.meanDrafted(drafted)));
  const decodeSeconds = execution.stepSeconds({
    ...(drafted > 0 && { decodeTokens, draftTokens: drafted }),
    decodeSequences: sequences,
    decodeContextTokens: sequences * Math.min(maxModelTokens, prompt + Math.ceil(output / 2)),
    chunkCount: 0,
    chunkTokens: none,
    chunkPastTokens: none,
    sampledSequences: decodeTokens,
  });
  const prefillSeconds = execution.stepSeconds({
    decodeSequences: 0,
    decodeContextTokens: 0,
    chunkCount: 1,
    chunkTokens: Int32Array.of(prompt),
    chunkPastTokens: Int32Array.of(0),
    sampledSequences: 1,
  });
  const steps = drafted === 0 ? output : output / speculation!.meanTokens(drafted);
  return steps * decodeSeconds + sequences * prefillSeconds;
}
