import type { StartExecutor } from "./start_executor.ts";
import type { FinishedStart, RankPlace, StartRequest, StartStage } from "./start_request.ts";
import type { StartService, StartStages } from "./start_service.ts";

/** A `StartService` that keeps the starts it brought up. */
export interface ExecutorStarts extends StartService {
  /** Stages of all starts so far, finished and given up, in order of the starts' end. */
  readonly spans: readonly StartStage[];
  /** The finished start of an instance; undefined while it is under way. */
  finished(instanceId: number): FinishedStart | undefined;
}

/**
 * Brings instances up with a `StartExecutor`, so that starts share links and caches.
 *
 * @param requestOf The start of an instance: where it was placed, its plan (of the given stages), its
 *   weights.
 */
export function executorStarts(
  executor: StartExecutor,
  requestOf: (
    instanceId: number,
    functionId: number,
    nowSeconds: number,
    ranks: readonly RankPlace[] | undefined,
    stages: StartStages,
  ) => StartRequest,
): ExecutorStarts {
  const spans: StartStage[] = [];
  const startOf = new Map<number, number>();
  const finished = new Map<number, FinishedStart>();
  return {
    get nextEventSeconds() {
      return executor.nextEventSeconds();
    },
    spans,
    finished: (instanceId) => finished.get(instanceId),
    begin(instanceId, functionId, nowSeconds, ranks, stages = "all") {
      const request = requestOf(instanceId, functionId, nowSeconds, ranks, stages);
      startOf.set(instanceId, executor.begin(request, nowSeconds));
    },
    cancel(instanceId, nowSeconds) {
      const start = startOf.get(instanceId);
      if (start === undefined) return;
      startOf.delete(instanceId);
      const given = executor.cancel(start, nowSeconds);
      if (given !== null) spans.push(...given.stages);
    },
    advance(nowSeconds, onReady) {
      for (const start of executor.advance(nowSeconds)) {
        if (!startOf.delete(start.instance)) continue;
        finished.set(start.instance, start);
        spans.push(...start.stages);
        onReady(start.instance);
      }
    },
  };
}
