import { fasterTransformer } from "../../scheduling/batching/faster_transformer.ts";
import { orca } from "../../scheduling/batching/orca.ts";
import { sarathi } from "../../scheduling/batching/sarathi.ts";
import type { BatchingStrategy } from "../../scheduling/batching/strategy.ts";
import { vllm } from "../../scheduling/batching/vllm.ts";
import { vllmV0 } from "../../scheduling/batching/vllm_v0.ts";
import type { RequestTable } from "../../workload/request_table.ts";
import type { Configuration } from "../configuration.ts";

/** The batching strategy of `scheduler.type`. A new one is one file and one line here. */
export function buildBatching(
  scheduler: Configuration["scheduler"],
  kvBlocks: number,
): BatchingStrategy {
  const watermarkBlocks = Math.ceil(scheduler.watermark * kvBlocks);
  const strategies = {
    vllm: () => vllm(),
    "vllm-v0": () => vllmV0({ preemption: scheduler.preemption_mode, watermarkBlocks }),
    sarathi: () => sarathi({ chunkSize: scheduler.chunk_size }),
    orca: () => orca(),
    fastertransformer: () => fasterTransformer(),
  } as const satisfies Record<typeof scheduler.type, () => BatchingStrategy>;
  return strategies[scheduler.type]();
}

/** What the queue order compares, one number per request; undefined for arrival order. */
export function queueKeys(
  config: Configuration,
  table: RequestTable,
): Float64Array | Int32Array | undefined {
  const { classes } = config.workload;
  const classOf = (request: number) => classes[table.classId?.[request] ?? 0];
  const length = { length: table.count };
  switch (config.scheduler.scheduling_policy) {
    case "fcfs":
      return undefined;
    case "shortest-prompt":
      return table.promptTokens;
    case "priority":
      return Int32Array.from(length, (_, i) => classOf(i)?.priority ?? 0);
    case "edf":
      // The deadline is the first token's, since that is what waiting puts at risk.
      return Float64Array.from(length, (_, i) => {
        const limit = classOf(i)?.slo.ttft_s ?? config.slo.ttft_s ?? Infinity;
        return table.arrivalAtSeconds[i] + limit;
      });
  }
}
