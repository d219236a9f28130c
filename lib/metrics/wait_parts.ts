import type { StageSpan } from "../serverless/cold_start/start_service.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import type { RunRecord } from "./run_record.ts";

/** Name of the part of a wait in which the start had not begun: no decision yet, or no free GPU. */
export const BEFORE_START = "before_start";

/** Takes a part of a request's wait: the instance waited for, the stage, its seconds (above 0). */
export type WaitPartVisitor = (
  request: number,
  instanceId: number,
  stage: string,
  seconds: number,
) => void;

const NONE: readonly StageSpan[] = [];

/**
 * Splits the wait of each request that waited for a start: `before_start` until the start began,
 * then the stages on the start's critical path, in their order and only as far as the request was
 * there. The parts of a request add up to its wait. Requests ascend; those without a wait cost a
 * look at their column.
 */
export function eachWaitPart(run: RunRecord, visit: WaitPartVisitor): void {
  const { arrivalAtSeconds, coldStartWaitSeconds, count } = run.columns;
  const paths = criticalPaths(run.stageSpans);
  const waitedFor = startsByRequest(run);
  for (let i = 0; i < count; i++) {
    if (!(coldStartWaitSeconds[i] > 0)) continue;
    const { instanceId, createdAtSeconds } = waitedFor(i);
    const from = arrivalAtSeconds[i];
    if (createdAtSeconds > from) visit(i, instanceId, BEFORE_START, createdAtSeconds - from);
    for (const { stage, startAtSeconds, endAtSeconds } of paths.get(instanceId) ?? NONE) {
      const seconds = endAtSeconds - Math.max(startAtSeconds, from);
      if (seconds > 0) visit(i, instanceId, stage, seconds);
    }
  }
}

/** Stages on the critical path of each start, by instance. */
function criticalPaths(spans: readonly StageSpan[]): Map<number, StageSpan[]> {
  const paths = new Map<number, StageSpan[]>();
  for (const span of spans) {
    if (span.critical === false) continue;
    const path = paths.get(span.instanceId);
    if (path) path.push(span);
    else paths.set(span.instanceId, [span]);
  }
  return paths;
}

/**
 * Finds the instance whose start a request waited for. It is the one that served the request, unless
 * a fault took that one away: then it is the one of the function that became ready when the wait
 * ended (of equals the one created first).
 */
function startsByRequest({ columns, lives }: RunRecord): (request: number) => InstanceLife {
  const { arrivalAtSeconds, coldStartWaitSeconds, functionId, instanceId } = columns;
  const readyLives = new Map<number, InstanceLife[]>();
  const livesOf = (id: number) => {
    let own = readyLives.get(id);
    if (own === undefined) {
      own = lives.filter((life) => life.functionId === id && life.readyAtSeconds >= 0);
      readyLives.set(id, own);
    }
    return own;
  };
  return (request) => {
    const wait = coldStartWaitSeconds[request];
    const arrival = arrivalAtSeconds[request];
    const offBy = (life: InstanceLife) => Math.abs(life.readyAtSeconds - arrival - wait);
    const last = lives[instanceId[request]];
    if (last !== undefined && offBy(last) === 0) return last;
    return livesOf(functionId[request]).reduce((best, life) =>
      offBy(life) < offBy(best) ? life : best
    );
  };
}
