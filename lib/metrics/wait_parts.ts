import type { StageSpan } from "../serverless/cold_start/start_service.ts";
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
 * there. The parts of a request add up to its wait. Requests ascend.
 *
 * @returns Shows all parts to a visitor, as often as it is called.
 */
export function waitParts(run: RunRecord): (visit: WaitPartVisitor) => void {
  const { waitedFor } = run;
  if (waitedFor === undefined) return () => {};
  const { arrivalAtSeconds, coldStartWaitSeconds, count } = run.columns;
  const waiting: number[] = [];
  for (let i = 0; i < count; i++) if (coldStartWaitSeconds[i] > 0) waiting.push(i);
  if (waiting.length === 0) return () => {};
  const paths = criticalPaths(run.stageSpans);
  return (visit) => {
    for (const i of waiting) visitParts(i, visit);
  };

  function visitParts(i: number, visit: WaitPartVisitor): void {
    const from = arrivalAtSeconds[i];
    const to = from + coldStartWaitSeconds[i];
    const instanceId = waitedFor![i];
    const path = paths.get(instanceId) ?? NONE;
    let next = firstEndingAfter(path, from);
    const begin = next < path.length && isBefore(path[next], to) ? path[next].startAtSeconds : to;
    if (begin > from) visit(i, instanceId, BEFORE_START, begin - from);
    for (; next < path.length && isBefore(path[next], to); next++) {
      const { stage, startAtSeconds, endAtSeconds } = path[next];
      const seconds = endAtSeconds - Math.max(startAtSeconds, from);
      if (seconds > 0) visit(i, instanceId, stage, seconds);
    }
  }
}

/** Stages on the critical paths of each instance's starts, one after the other. */
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

/** Place of the first stage that ends after an instant. */
function firstEndingAfter(path: readonly StageSpan[], atSeconds: number): number {
  let low = 0, high = path.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (path[middle].endAtSeconds > atSeconds) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a stage lies before an instant, whose last bits are not to be trusted. */
function isBefore(span: StageSpan, atSeconds: number): boolean {
  return (span.startAtSeconds + span.endAtSeconds) / 2 < atSeconds;
}
