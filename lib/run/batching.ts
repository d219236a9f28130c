import {
  QUEUE_ORDERS,
  type QueueKeys,
  type QueueOrder,
} from "../scheduling/batching/orders/mod.ts";
import { BATCHING_STRATEGIES } from "../scheduling/batching/strategies.ts";
import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import { fromTable } from "../settings/from_table.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
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
  return fromConfiguration(BATCHING_STRATEGIES, scheduler.type, scheduler, {
    kvBlocks,
    preemption: scheduler.preemption_mode,
    reservesWholePrompt,
  });
}

/** What the queue order compares, one number per request; undefined for arrival order. */
export function queueKeys(
  order: QueueOrder,
  { count, arrivalAtSeconds, promptTokens, classId }: RequestTable,
  classes: readonly ServiceClass[],
): QueueKeys | undefined {
  const classOf = (request: number) => classes[classId?.[request] ?? 0];
  return fromTable(QUEUE_ORDERS, order, {}, {
    count,
    arrivalAtSeconds,
    promptTokens,
    priorityOf: (request) => classOf(request).priority,
    ttftLimitSeconds: (request) => classOf(request).slo.ttftSeconds,
  });
}
