import type { StartExecutor } from "./start_executor.ts";
import { StageSpans } from "./stage_spans.ts";
import type { RankPlace, StartRequest } from "./start_request.ts";
import type { StartService, StartStages } from "./start_service.ts";

/** What a {@link executorStarts} asks, and tells, of its starts. */
export interface ExecutorStartsOptions {
  /**
   * The start of an instance: where it was placed, its plan (of the given stages), its weights.
   */
  readonly requestOf: (
    instanceId: number,
    functionId: number,
    nowSeconds: number,
    ranks: readonly RankPlace[] | undefined,
    stages: StartStages,
  ) => StartRequest;
  /** A start is over, or has been given up; what was set aside for it is free. */
  readonly ended?: (request: StartRequest, nowSeconds: number, isGivenUp: boolean) => void;
}

/** Brings instances up with a `StartExecutor`, so that starts share links and caches. */
export function executorStarts(
  executor: StartExecutor,
  { requestOf, ended }: ExecutorStartsOptions,
): StartService {
  const spans = new StageSpans();
  /** Starts under way, by instance. */
  const underWay = new Map<number, { readonly start: number; readonly request: StartRequest }>();
  return {
    get nextEventSeconds() {
      return executor.nextEventSeconds();
    },
    spans,
    begin(instanceId, functionId, nowSeconds, ranks, stages = "all") {
      const request = requestOf(instanceId, functionId, nowSeconds, ranks, stages);
      underWay.set(instanceId, { start: executor.begin(request, nowSeconds), request });
    },
    cancel(instanceId, nowSeconds) {
      const found = underWay.get(instanceId);
      if (found === undefined) return;
      underWay.delete(instanceId);
      const given = executor.cancel(found.start, nowSeconds);
      for (const stage of given?.stages ?? []) spans.add(stage);
      ended?.(found.request, nowSeconds, true);
    },
    advance(nowSeconds, onReady) {
      for (const start of executor.advance(nowSeconds)) {
        const found = underWay.get(start.instance);
        if (found === undefined) continue;
        underWay.delete(start.instance);
        for (const stage of start.stages) spans.add(stage);
        ended?.(found.request, nowSeconds, false);
        onReady(start.instance);
      }
    },
  };
}
