import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import { createBatching } from "../scheduling/batching/create_batching.ts";
import type { RequestTable } from "../workload/request_table.ts";
import type { Configuration } from "../config/configuration.ts";
import type { EngineSettings } from "../config/engine_settings.ts";
import type { ServiceClass } from "./classes.ts";

/** The batching strategy of `scheduler.type`. */
export function buildBatching(
  scheduler: Configuration["scheduler"],
  { reservesWholePrompt }: Pick<EngineSettings, "reservesWholePrompt">,
  kvBlocks: number,
): BatchingStrategy {
  const { long_prefill_token_threshold: longPrefillTokens } = scheduler;
  return createBatching(scheduler.type, {
    reservesWholePrompt,
    ...(longPrefillTokens > 0 && { longPrefillTokens }),
    chunkSize: scheduler.chunk_size,
    preemption: scheduler.preemption_mode,
    watermarkBlocks: Math.ceil(scheduler.watermark * kvBlocks),
  });
}

/** What the queue order compares, one number per request; undefined for arrival order. */
export function queueKeys(
  order: Configuration["scheduler"]["scheduling_policy"],
  table: RequestTable,
  classes: readonly ServiceClass[],
): Float64Array | Int32Array | undefined {
  const classOf = (request: number) => classes[table.classId?.[request] ?? 0];
  const length = { length: table.count };
  switch (order) {
    case "fcfs":
      return undefined;
    case "shortest-prompt":
      return table.promptTokens;
    case "priority":
      return Int32Array.from(length, (_, i) => classOf(i).priority);
    case "edf":
      // The deadline is the first token's, since that is what waiting puts at risk.
      return Float64Array.from(
        length,
        (_, i) => table.arrivalAtSeconds[i] + classOf(i).slo.ttftSeconds,
      );
  }
}
