import { simulateCluster } from "../../cluster/simulate.ts";
import { analytical } from "../../execution/analytical/mod.ts";
import { calibrated } from "../../execution/calibrated/mod.ts";
import type { ExecutionTimeModel } from "../../execution/execution_time_model.ts";
import { engineReserveBytes } from "../../execution/engine_reserve_bytes.ts";
import { largestCaptured } from "../../execution/captured_sizes.ts";
import { hostBound, hostSecondsOf } from "../../execution/host_bound.ts";
import { kvCapacity } from "../../execution/kv_capacity.ts";
import {
  type OperatorProfile,
  profiled,
  type ProfileDtype,
  shippedProfile,
} from "../../execution/profiled/mod.ts";
import { stepWork } from "../../execution/step_work.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import { modelShape } from "../../models/mod.ts";
import { vllm } from "../../scheduling/batching/vllm.ts";
import { prefixIdentity } from "../../scheduling/kv_cache/prefix_identity.ts";
import { leastLoaded } from "../../scheduling/routing/least_loaded.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { alwaysKeepAlive } from "../../serverless/keep_alive/always.ts";
import type { RequestTable } from "../../workload/mod.ts";
import type { Constants } from "./constants.ts";

/** A measured server: one engine of vLLM, and what is known of its settings. */
export interface MeasuredServer {
  /** Catalogue names. */
  readonly model: string;
  /** GPU of the catalogue that has a shipped profile. */
  readonly gpu: string;
  /** GPUs of the engine, >= 1. */
  readonly tensorParallel: number;
  /** Format of the weights. */
  readonly weightDtype: ProfileDtype;
  /** Most sequences in a batch. */
  readonly maxSequences: number;
  /** Token budget of a step. */
  readonly maxTokensPerStep: number;
  /** Whether the engine prepares the next step while the GPU works. */
  readonly asyncScheduling: boolean;
  /** KV blocks that requests can use; absent where not recorded: worked out from the memory. */
  readonly kvBlocks?: number;
  /** Share of the GPU's memory that the engine may use. */
  readonly memoryShare: number;
  /** How tokens are chosen: what the client asks for, else the model's own default. */
  readonly sampling?: "greedy" | "random" | "top-k" | "top-p";
  /** What the engine captures as graphs; absent: not reckoned with. */
  readonly cudaGraphs?: "full" | "piecewise" | "off";
}

/** Version whose memory counts where a server's blocks were not recorded: that of the load points. */
const ENGINE = "vllm@0.15";
/** Tokens of a KV block of the measured servers. */
export const BLOCK_TOKENS = 16;

/** Runs measured servers. Keeps profiles and composed times, which take longer than a run. */
export class ServerRunner {
  readonly #profiles = new Map<string, OperatorProfile>();
  readonly #sources = new Map<string, ExecutionTimeModel>();
  readonly #source: "profiled" | "analytical";

  /**
   * Makes a runner that keeps nothing yet.
   *
   * @param source Where step times come from. Default the shipped profiles.
   */
  constructor(source: "profiled" | "analytical" = "profiled") {
    this.#source = source;
  }

  /** Times of the server's steps without any overhead. */
  source(server: MeasuredServer): ExecutionTimeModel {
    const { model, gpu, tensorParallel, weightDtype, maxTokensPerStep } = server;
    const { sampling, cudaGraphs, maxSequences } = server;
    const mostCaptured = cudaGraphs === undefined || cudaGraphs === "off"
      ? 0
      : largestCaptured(maxSequences);
    const key = [
      ...[model, gpu, tensorParallel, weightDtype, maxTokensPerStep],
      ...[sampling, cudaGraphs, mostCaptured],
    ].join();
    let source = this.#sources.get(key);
    if (source === undefined && this.#source === "analytical") {
      const weightBytesPerElement = weightBytesOf(server);
      source = analytical({
        shape: modelShape(model),
        gpu: gpuNamed(gpu),
        tensorParallel,
        weightBytesPerElement,
      });
      this.#sources.set(key, source);
    }
    if (source === undefined) {
      let profile = this.#profiles.get(gpu);
      if (profile === undefined) this.#profiles.set(gpu, profile = shippedProfile(gpu));
      const shape = modelShape(model);
      const method = sampling && { sampling };
      source = profiled({
        ...{ profile, shape, tensorParallel, weightDtype, maxTokensPerStep },
        ...method,
        mostCaptured,
      });
      if (cudaGraphs !== undefined) {
        source = hostBound({ source, host: hostSecondsOf(shape, cudaGraphs), mostCaptured });
      }
      this.#sources.set(key, source);
    }
    return source;
  }

  /** Lets the server work off a workload. */
  run(
    server: MeasuredServer,
    constants: Constants,
    requests: RequestTable,
    options: {
      readonly stopAtSeconds?: number;
      readonly sampleSeconds?: number;
      /** What the first requests wait for: see the settings of `execution.cold_first_requests`. */
      readonly coldFirstRequests?: { readonly count: number; readonly seconds: number };
    } = {},
  ): RunRecord {
    const shape = modelShape(server.model);
    const { tensorParallel } = server;
    const { stopAtSeconds = Infinity, sampleSeconds = 60, coldFirstRequests } = options;
    const gpu = gpuNamed(server.gpu);
    const weightBytesPerElement = weightBytesOf(server);
    return simulateCluster({
      requests,
      functions: [{
        name: server.model,
        engine: {
          execution: calibrated({
            source: this.source(server),
            overhead: constants.overhead,
            collectivesPerStep: tensorParallel > 1 ? 2 * shape.layers.length : 0,
          }),
          work: stepWork(shape, { weightBytesPerElement, kvBytesPerElement: 2 }),
          strategy: vllm(),
          stepping: "leap",
          maxSequences: server.maxSequences,
          maxTokensPerStep: server.maxTokensPerStep,
          kvBlocks: usableBlocks(server),
          blockTokens: BLOCK_TOKENS,
          maxModelTokens: shape.maxPositions,
          maxOutputTokens: shape.maxPositions,
          asyncScheduling: server.asyncScheduling,
          ...(coldFirstRequests && { coldFirstRequests }),
          ...(requests.prefix && { prefix: prefixIdentity(requests.prefix, BLOCK_TOKENS) }),
          gpus: tensorParallel,
          peakFlops: tensorParallel * gpu.flopsPerSecond.bf16,
          peakBytesPerSecond: tensorParallel * gpu.memoryBytesPerSecond,
        },
        routing: leastLoaded(),
        scaling: {
          minInstances: 1,
          maxInstances: 1,
          initialInstances: 1,
          activation: "none",
          keepAlive: alwaysKeepAlive(),
        },
        noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
        concurrencyPerInstance: Infinity,
      }],
      starts: sequentialStarts(() => []),
      horizonSeconds: 0,
      stopAtSeconds,
      sampleSeconds,
    });
  }
}

/** KV blocks that requests can use: as recorded, else worked out from the memory. */
export function usableBlocks(server: MeasuredServer): number {
  if (server.kvBlocks !== undefined) return server.kvBlocks;
  const { tensorParallel, maxTokensPerStep, maxSequences, memoryShare: utilization } = server;
  const shape = modelShape(server.model);
  const place = { shape, tensorParallel, pipelineParallel: 1, utilization };
  const { blocks } = kvCapacity({
    ...place,
    gpu: gpuNamed(server.gpu),
    weightBytesPerElement: weightBytesOf(server),
    kvBytesPerElement: 2,
    reserveBytes: engineReserveBytes({ ...place, maxTokensPerStep, maxSequences, engine: ENGINE }),
    blockTokens: BLOCK_TOKENS,
  });
  // One is the null block.
  return blocks - 1;
}

function weightBytesOf({ weightDtype }: MeasuredServer): number {
  return weightDtype === "fp8" ? 1 : 2;
}
