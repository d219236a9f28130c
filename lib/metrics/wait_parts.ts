import {
  type StageSpanColumns,
  StageSpansByInstance,
} from "../serverless/cold_start/stage_spans.ts";
import { rowsOf } from "./rows/request_rows.ts";
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

/**
 * Splits the wait of each request that waited for a start: `before_start` until the start began,
 * then the stages on the start's critical path, in their order and only as far as the request was
 * there. The parts of a request add up to its wait. Requests ascend.
 *
 * @returns Shows all parts to a visitor, as often as it is called.
 */
export function waitParts(run: RunRecord): (visit: WaitPartVisitor) => void {
  const rows = rowsOf(run);
  if (rows.whole !== undefined && rows.whole.waitedFor === undefined) return () => {};
  const spans = run.stageSpans;
  const { names, stage, startAtSeconds, endAtSeconds } = spans;
  let paths: StageSpansByInstance | undefined;
  return (visit) => {
    for (const piece of rows.pieces()) {
      const { coldStartWaitSeconds: waits } = piece;
      for (let i = 0; i < piece.count; i++) {
        if (!(waits[i] > 0)) continue;
        visitParts(
          piece.first + i,
          piece.waitedFor![i],
          piece.arrivalAtSeconds[i],
          waits[i],
          visit,
        );
      }
    }
  };

  function visitParts(
    i: number,
    instanceId: number,
    from: number,
    waitSeconds: number,
    visit: WaitPartVisitor,
  ): void {
    const to = from + waitSeconds;
    paths ??= new StageSpansByInstance(spans);
    const path = criticalPath(spans, paths.rowsOf(instanceId));
    let next = firstEndingAfter(spans, path, from);
    const isFirst = next < path.length && isBefore(spans, path[next], to);
    const begin = isFirst ? startAtSeconds[path[next]] : to;
    if (begin > from) visit(i, instanceId, BEFORE_START, begin - from);
    for (; next < path.length && isBefore(spans, path[next], to); next++) {
      const row = path[next];
      const seconds = endAtSeconds[row] - Math.max(startAtSeconds[row], from);
      if (seconds > 0) visit(i, instanceId, names[stage[row]], seconds);
    }
  }
}

/** Rows of the stages on the critical paths of an instance's starts, one after the other. */
function criticalPath({ critical }: StageSpanColumns, rows: Int32Array): Int32Array {
  return rows.filter((row) => critical[row] === 1);
}

/** Place of the first stage that ends after an instant. */
function firstEndingAfter(
  { endAtSeconds }: StageSpanColumns,
  path: Int32Array,
  atSeconds: number,
): number {
  let low = 0, high = path.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endAtSeconds[path[middle]] > atSeconds) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a stage lies before an instant, whose last bits are not to be trusted. */
function isBefore(
  { startAtSeconds, endAtSeconds }: StageSpanColumns,
  row: number,
  atSeconds: number,
): boolean {
  return (startAtSeconds[row] + endAtSeconds[row]) / 2 < atSeconds;
}
