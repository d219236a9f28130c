import type { ClusterParts } from "../../cluster/cluster_parts.ts";
import { simulateCluster } from "../../cluster/simulate.ts";
import { leastLoaded } from "../../scheduling/routing/mod.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { relativeRow, type TargetGroup } from "../targets/mod.ts";
import { exponential } from "../../sim/distributions/exponential.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { constantStepEngine } from "./constant_step_engine.ts";

const MODELS = 100;
const RATE_PER_SECOND = 0.037;
const SERVICE_SECONDS = 16.79;
const STEPS = 1000;
const DURATION_SECONDS = 20_000;
/** Student's t for 99 % and 99 degrees of freedom. */
const T_99 = 2.626;

function parts(): ClusterParts {
  const streams = randomStreams(1);
  const gap = exponential({ mean: 1 / RATE_PER_SECOND });
  const rows: { at: number; model: number }[] = [];
  for (let model = 0; model < MODELS; model++) {
    const stream = streams.take(`model ${model}`);
    for (let at = gap.sample(stream); at < DURATION_SECONDS; at += gap.sample(stream)) {
      rows.push({ at, model });
    }
  }
  rows.sort((a, b) => a.at - b.at);
  const engine = constantStepEngine({
    stepSeconds: SERVICE_SECONDS / STEPS,
    longestTokens: STEPS + 2,
    sequences: 64,
  });
  return {
    requests: {
      count: rows.length,
      arrivalAtSeconds: Float64Array.from(rows, (row) => row.at),
      promptTokens: new Int32Array(rows.length).fill(1),
      outputTokens: new Int32Array(rows.length).fill(STEPS),
      functionId: Uint16Array.from(rows, (row) => row.model),
    },
    functions: Array.from({ length: MODELS }, (_, model) => ({
      name: `model-${model}`,
      engine,
      routing: leastLoaded(),
      scaling: {
        minInstances: 1,
        maxInstances: 1,
        initialInstances: 1,
        activation: "none" as const,
      },
      noCapacity: { action: "queue" as const, limit: Infinity, timeoutSeconds: Infinity },
      concurrencyPerInstance: Infinity,
    })),
    starts: sequentialStarts(() => []),
    horizonSeconds: DURATION_SECONDS,
    stopAtSeconds: DURATION_SECONDS,
    sampleSeconds: DURATION_SECONDS,
  };
}

/**
 * How many of a market's models are in use at once: M (1 - exp(-lambda T)) for Poisson requests of
 * fixed duration, whatever runs at the same time.
 */
export const aegaeonTargets: TargetGroup = {
  id: "aegaeon",
  rows() {
    const { totals } = simulateCluster(parts());
    const busy = totals.list().map(({ busySeconds }) => busySeconds / DURATION_SECONDS);
    const active = busy.reduce((sum, share) => sum + share, 0);
    const mean = active / MODELS;
    const variance = busy.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (MODELS - 1);
    const halfWidth = T_99 * Math.sqrt(variance / MODELS) * MODELS;
    const bound = MODELS * (1 - Math.exp(-RATE_PER_SECOND * SERVICE_SECONDS));
    return [{
      ...relativeRow(
        "aegaeon/active_models",
        "Y. Xiang et al., Aegaeon (SOSP 2025), theorem on active models: 100 models, 0.037 requests/s, 16.79 s; tolerance: our 99 % interval",
        bound,
        active,
        halfWidth / bound,
      ),
      unit: "count",
    }];
  },
};
