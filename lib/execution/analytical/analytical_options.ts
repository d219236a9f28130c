import type { GpuEfficiency } from "../../hardware/efficiency.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import type { NumberFormat } from "../../models/number_format.ts";
import type { TransformerShape } from "../../models/transformer.ts";

/** Changes to what the catalogues say. */
export interface AnalyticalOverrides {
  /** Time of each step outside the GPU, seconds; default 0. */
  readonly stepSeconds?: number;
  /** Time per sequence of a step outside the GPU, seconds; default 0. */
  readonly sequenceSeconds?: number;
  /** Time of each collective beyond its transfer, seconds; default 0. */
  readonly collectiveSeconds?: number;
  /** Kernels' efficiency; default by the GPU's generation. */
  readonly efficiency?: Partial<GpuEfficiency>;
}

/** A model on the GPUs of one instance. */
export interface AnalyticalOptions {
  readonly shape: TransformerShape;
  readonly gpu: Gpu;
  /** GPUs that share each layer, >= 1; default 1. */
  readonly tensorParallel?: number;
  /** Stages of consecutive layers, >= 1; default 1. */
  readonly pipelineParallel?: number;
  /** Groups of GPUs among which whole experts are spread, a divisor of tensorParallel; default 1. */
  readonly expertParallel?: number;
  /** Format of the linear layers' weights; default bf16. Embedding and head stay at 16 bits. */
  readonly weightDtype?: NumberFormat;
  /** Format of the KV entries; default bf16. */
  readonly kvDtype?: NumberFormat;
  readonly overrides?: AnalyticalOverrides;
  /** Tokens of a step that are tabulated, default 16384; more follow the last slope. */
  readonly maxTokensPerStep?: number;
}
