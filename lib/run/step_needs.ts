import { largestCaptured } from "../execution/captured_sizes.ts";
import { type CudaGraphs, type HostSeconds, hostSecondsOf } from "../execution/host_bound.ts";
import { MACHINE_SOURCES } from "../execution/sources/mod.ts";
import { firstFullGraphs } from "../hardware/host_times.ts";
import type { SamplingMethod } from "../hardware/sampling.ts";
import {
  isBefore,
  VLLM_VERSIONS,
  type VllmVersionName,
} from "../scheduling/batching/vllm_versions.ts";
import type { Configuration } from "../config/configuration.ts";
import { draftTokensOf } from "../config/draft_tokens.ts";
import { engineSettings } from "../config/engine_settings.ts";
import type { ExecutionFacts } from "./execution_facts.ts";
import { fittedConstants } from "./overheads.ts";

/** What a step takes beside its kernels: sampling, padding and the host that launches it. */
export interface StepNeeds {
  readonly sampling?: SamplingMethod;
  readonly mostCaptured?: number;
  readonly host?: HostSeconds;
}

/** What a configuration says of sampling and graphs; nothing of what it leaves out. */
export function stepNeeds(
  config: Configuration,
  { shape, gpu }: Pick<ExecutionFacts, "shape" | "gpu">,
): StepNeeds {
  const { execution, scheduler } = config;
  if (!MACHINE_SOURCES.includes(execution.source)) return {};
  const sampling = execution.sampling ?? fittedConstants(config, gpu.generation)?.entry.sampling;
  const graphs = scheduler.cuda_graphs ??
    (execution.source === "calibrated" ? graphsOf(scheduler.engine) : null);
  return {
    ...(sampling !== undefined && sampling !== "none" && { sampling }),
    ...(graphs !== null && graphNeeds(config, shape, graphs)),
  };
}

function graphNeeds(
  config: Configuration,
  shape: ExecutionFacts["shape"],
  graphs: CudaGraphs,
): StepNeeds {
  const mostCaptured = graphs === "off" ? 0 : config.scheduler.max_cudagraph_capture_size ??
    largestCaptured(tokensPerSequence(config) * engineSettings(config).maxSequences);
  return { mostCaptured, host: hostSecondsOf(shape, graphs) };
}

/** Most tokens that a sequence computes in a decode-only step: its own and those that it verifies. */
function tokensPerSequence({ speculative }: Configuration): number {
  return speculative.method === "none" ? 1 : 1 + draftTokensOf(speculative)!;
}

/** What an engine captures where nobody says: what its version of vLLM does, else decode-only steps whole. */
function graphsOf(engine: string): CudaGraphs {
  const version = VLLM_VERSIONS.find(({ name }) => name === engine);
  return version !== undefined && isBefore(version.name, firstFullGraphs() as VllmVersionName)
    ? "piecewise"
    : "full";
}
