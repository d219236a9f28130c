import {
  ColdStartLinks,
  coldStartPreset,
  executorStarts,
  FlowNetwork,
  type NodeLinks,
  parseColdStartPreset,
  sequentialStarts,
  StartExecutor,
  type StartPlan,
  type StartService,
  withJitter,
  withLoadLimit,
  withStageSeconds,
} from "../../serverless/cold_start/mod.ts";
import type { NodeType } from "../../hardware/mod.ts";
import type { RandomStreams } from "../../sim/random_streams.ts";
import type { Configuration } from "../configuration.ts";
import type { Deployment } from "./deployment.ts";

/** Weights per 14 GB in SimFaaSInfer's files, whose load time is that of a 14 GB model. */
const SIMFAASINFER_GB = 14;

/** Links of a machine as seen by instances on `gpus` of its GPUs. */
export function nodeLinks(node: NodeType, gpus: number): NodeLinks {
  return { ...node, gpus };
}

/** The stages of a start as the configuration has them. */
export function startPlan(config: Configuration, presetText: string | undefined): StartPlan {
  const { cold_start: start } = config;
  const { container_seconds: container, kv_allocation_seconds: kvAllocation } = start;
  // SimFaaSInfer's files know one number, the load time; its preset is what gives that number.
  const name = start.model_load_time !== null && start.preset === "simple"
    ? "simfaasinfer"
    : start.preset;
  const preset = presetText === undefined
    ? coldStartPreset(name)
    : parseColdStartPreset(presetText, start.preset);
  const parameters = name === "simfaasinfer" && start.model_load_time !== null
    ? { ...start.parameters, load_s_per_gb: start.model_load_time / SIMFAASINFER_GB }
    : start.parameters;
  let plan = preset.plan(undefined, parameters);
  if (start.model_load_time !== null && name !== "simfaasinfer") {
    plan = withStageSeconds(plan, "weights_load", start.model_load_time);
  }
  if (container !== null) plan = withStageSeconds(plan, "container_create", container);
  if (kvAllocation !== null) plan = withStageSeconds(plan, "kv_profile", kvAllocation);
  if (start.load_bandwidth !== null) plan = withLoadLimit(plan, start.load_bandwidth);
  return start.jitter > 0 ? withJitter(plan, start.jitter) : plan;
}

/**
 * How instances start. Without a list of nodes each instance has a node of its own, so that starts
 * meet only at the shared weight store.
 *
 * @param presetText Text of a preset file; absent for a preset of data/cold_start.
 */
export function buildStarts(
  config: Configuration,
  deployment: Deployment,
  streams: RandomStreams,
  presetText: string | undefined,
): StartService {
  if (!config.cold_start.enabled) return sequentialStarts(() => []);
  const plan = startPlan(config, presetText);
  const links = new ColdStartLinks(new FlowNetwork());
  const executor = new StartExecutor({ links });
  const noise = streams.take("cold_start");
  const { shape, node, gpus, weightBytes } = deployment;
  return executorStarts(executor, (instance) => {
    const place = links.addNode(nodeLinks(node, gpus));
    return {
      instance,
      plan,
      weightsKey: `${shape.name}/${config.model.weight_dtype ?? config.model.dtype}`,
      weightBytes,
      ranks: Array.from({ length: gpus }, (_, gpu) => ({ node: place, gpu })),
      features: { layers: shape.layers },
      identities: { image: "engine", gpu: deployment.gpu.name, engine: config.scheduler.type },
      noise,
    };
  });
}
