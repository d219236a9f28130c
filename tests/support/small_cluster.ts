import type { ClusterParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import type { EngineParts } from "../../lib/cluster/engine_parts.ts";
import { constantTime } from "../../lib/execution/constant_time.ts";
import { vllm } from "../../lib/scheduling/batching/vllm.ts";
import { roundRobin } from "../../lib/scheduling/routing/mod.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";

/** One request of a hand-made workload: arrival in seconds, prompt and output tokens. */
export type HandMadeRequest = readonly [arrival: number, prompt: number, output: number];

/** What a test changes in {@linkcode smallCluster}. */
export interface SmallClusterChanges {
  readonly engine?: Partial<EngineParts>;
  readonly fn?: Partial<FunctionParts>;
  readonly scaling?: Partial<FunctionParts["scaling"]>;
  readonly cluster?: Partial<ClusterParts>;
  /** Duration of a start, seconds. Default 2. */
  readonly startSeconds?: number;
}

/**
 * A cluster to be worked through by hand: one instance whose steps take one second each, batches of
 * up to four, plenty of KV blocks.
 */
export function smallCluster(
  rows: readonly HandMadeRequest[],
  changes: SmallClusterChanges = {},
): ClusterParts {
  const { startSeconds = 2 } = changes;
  return {
    requests: {
      count: rows.length,
      arrivalAtSeconds: Float64Array.from(rows, ([arrival]) => arrival),
      promptTokens: Int32Array.from(rows, ([, prompt]) => prompt),
      outputTokens: Int32Array.from(rows, ([, , output]) => output),
    },
    functions: [{
      name: "f",
      engine: {
        execution: constantTime(1),
        work: {
          flopsPerToken: 10,
          flopsPerAttentionPair: 1,
          flopsPerSample: 5,
          kvBytesPerToken: 2,
          weightBytes: () => 100,
        },
        strategy: vllm(),
        stepping: "leap",
        maxSequences: 4,
        maxTokensPerStep: 100,
        kvBlocks: 1000,
        blockTokens: 4,
        windowTokens: 1000,
        maxOutputTokens: 500,
        queueOrder: "fcfs",
        gpus: 1,
        peakFlops: 1000,
        peakBytesPerSecond: 500,
        ...changes.engine,
      },
      routing: roundRobin(),
      scaling: {
        minInstances: 1,
        maxInstances: 1,
        initialInstances: 1,
        activation: "none",
        keepAliveSeconds: Infinity,
        ...changes.scaling,
      },
      noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
      concurrencyPerInstance: Infinity,
      ...changes.fn,
    }],
    starts: sequentialStarts(() => [{ stage: "all", seconds: startSeconds }]),
    horizonSeconds: 0,
    stopAtSeconds: Infinity,
    sampleSeconds: 1,
    ...changes.cluster,
  };
}
