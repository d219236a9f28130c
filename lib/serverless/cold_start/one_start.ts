import { ArtifactCache } from "./artifact_cache.ts";
import { FlowNetwork } from "../../network/flow_network.ts";
import { type NodeLinks, Topology } from "../../network/topology.ts";
import type { PlanLinks, StartPlan, WeightTier } from "./stages.ts";
import { StartExecutor } from "./start_executor.ts";
import type { FinishedStart, NoiseStream } from "./start_request.ts";
import { WeightCache } from "./weight_cache.ts";

/** A start by itself. */
export interface OneStartOptions {
  /** What the start is made of. */
  readonly plan: StartPlan;
  /** Weights of the instance, bytes. */
  readonly weightBytes: number;
  /** GPUs, all on one node; 1 unless given. */
  readonly ranks?: number;
  /** Where the weights are; the remote store unless given. */
  readonly weightsIn?: WeightTier;
  /** Artifacts that are there already, by name (`image`, `compile`, ...), or true for all. */
  readonly artifacts?: readonly string[] | true;
  /** Container image, bytes; 0 unless given. */
  readonly imageBytes?: number;
  /** Engine snapshot, bytes; 0 unless given. */
  readonly snapshotBytes?: number;
  /** Features that the plan asks for beside the built-in ones. */
  readonly features?: Readonly<Record<string, number>>;
  /** Instances that start at once on the node, each on `ranks` GPUs of its own; 1 unless given. */
  readonly instances?: number;
  /** Whether those instances share one model. */
  readonly sameModel?: boolean;
  /** Links of the node; the plan's own unless given. */
  readonly node?: Partial<NodeLinks>;
  /** Links that all nodes share; the plan's own unless given. */
  readonly cluster?: Pick<PlanLinks, "registryBytesPerSecond" | "storageBytesPerSecond">;
  /** Stream for the stages' noise; none leaves every stage at its mean. */
  readonly noise?: NoiseStream | null;
}

/**
 * What one start takes on an otherwise empty node whose links are those of the plan: the number
 * that a paper reports. With `instances` several starts begin at once and share the links.
 *
 * @returns The finished starts in order of their end.
 */
export function oneStart(options: OneStartOptions): FinishedStart[] {
  const { plan, weightBytes, ranks = 1, instances = 1, weightsIn = "remote" } = options;
  const network = new FlowNetwork();
  const topology = new Topology(network, { ...plan.links, ...options.cluster });
  topology.addNode({ ...plan.links, ...options.node, gpus: Math.max(ranks * instances, 1) });
  const weights = new WeightCache();
  const room = 2 * weightBytes * instances;
  weights.addNode({ dramBytes: room, ssdBytes: room });
  const artifacts = new ArtifactCache();
  const executor = new StartExecutor({ topology, weights, artifacts });
  for (let instance = 0; instance < instances; instance++) {
    const weightsKey = options.sameModel ? "model" : `model-${instance}`;
    if (weightsIn !== "remote") weights.hold(0, weightsIn, weightsKey, weightBytes, 0);
    const places = Array.from(
      { length: ranks },
      (_, i) => ({ node: 0, gpu: instance * ranks + i }),
    );
    const request = {
      instance,
      plan,
      weightsKey,
      weightBytes,
      ranks: places,
      imageBytes: options.imageBytes,
      snapshotBytes: options.snapshotBytes,
      features: options.features,
      noise: options.noise,
    };
    for (const stage of plan.stages) {
      const { artifact } = stage;
      if (artifact === null) continue;
      if (options.artifacts !== true && !options.artifacts?.includes(artifact.artifact)) continue;
      executor.provide(request, stage);
    }
    executor.begin(request, 0);
  }
  const finished: FinishedStart[] = [];
  while (executor.nextEventSeconds() < Infinity) {
    finished.push(...executor.advance(executor.nextEventSeconds()));
  }
  return finished;
}

/** Seconds of a stage of a finished start; 0 when the plan has no such stage. */
export function stageSeconds(start: FinishedStart, stage: string): number {
  const found = start.stages.find((span) => span.stage === stage);
  return found === undefined ? 0 : found.endAtSeconds - found.startAtSeconds;
}
