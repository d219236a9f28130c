import type { ClusterParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import type { EngineParts } from "../../lib/engine/engine_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { constantTime } from "../../lib/execution/constant_time.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import { vllm } from "../../lib/scheduling/batching/vllm.ts";
import { roundRobin } from "../../lib/scheduling/routing/mod.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";

/** One request of a hand-made workload: arrival in seconds, prompt and output tokens. */
export type HandMadeRequest = readonly [arrival: number, prompt: number, output: number];

/** What a test changes in {@linkcode smallCluster}. */
export interface SmallClusterChanges {
  readonly engine?: Partial<EngineParts>;
  readonly fn?: Partial<FunctionParts>;
  readonly scaling?: Partial<FunctionParts["scaling"]>;
  readonly cluster?: Partial<ClusterParts>;
  /** Seconds that an idle instance is kept. Default Infinity. */
  readonly keepAliveSeconds?: number;
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
  const { startSeconds = 2, keepAliveSeconds = Infinity } = changes;
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
        maxModelTokens: 1000,
        maxOutputTokens: 500,
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
        activation: "first",
        keepAliveSeconds,
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

/** Runs a small cluster. */
export function runSmall(
  rows: readonly HandMadeRequest[],
  changes: SmallClusterChanges = {},
): RunRecord {
  return simulateCluster(smallCluster(rows, changes));
}

/** How each request ended. */
export function outcomes({ columns }: RunRecord): string[] {
  return Array.from(columns.outcome, (code) => OUTCOMES[code]);
}

/** Two or more instances that are there from the start. */
export function fixed(count: number): Partial<FunctionParts["scaling"]> {
  return { minInstances: count, maxInstances: count, initialInstances: count };
}

/** No instance at first; the first request starts one. */
export const FROM_ZERO = {
  minInstances: 0,
  initialInstances: 0,
  activation: "first",
} as const satisfies Partial<FunctionParts["scaling"]>;

/** One request at a time, and none waits: what cannot be served at once is turned away. */
export const ONE_OR_REJECT: Partial<FunctionParts> = {
  noCapacity: { action: "reject", limit: Infinity, timeoutSeconds: Infinity },
  concurrencyPerInstance: 1,
};

/** A queue that gives up after `timeoutSeconds`, before instances that serve one at a time. */
export function impatient(timeoutSeconds: number, limit = Infinity): Partial<FunctionParts> {
  return {
    noCapacity: { action: "queue", limit, timeoutSeconds },
    concurrencyPerInstance: 1,
  };
}

/** A policy that wants `wishes[i]` instances at second i + 1, and remembers what it saw. */
export function watching(wishes: readonly number[], actuationDelaySeconds = 0) {
  const seen: ScalingSignals[] = [];
  let evaluation = 0;
  const decider = new ScalingDecider({
    periodSeconds: 1,
    desired(signals) {
      seen.push({ ...signals });
      return wishes[Math.min(evaluation++, wishes.length - 1)];
    },
  }, { maxInstances: 4, actuationDelaySeconds });
  return { seen, decider };
}
