import type { StageSpan } from "../serverless/cold_start/start_service.ts";
import type { RunRecord } from "./run_record.ts";

/** Name of the part of a wait in which the start had not begun: no decision yet, or no free GPU. */
export const BEFORE_START = "before_start";

/**
 * How the waits for starts split: for each stage on the critical path of the starts, the seconds of
 * the requests' waits that fell into it, over the requests that waited. The parts add up to the mean
 * wait. In order of first appearance.
 */
export function coldStartStages(run: RunRecord): Record<string, number> {
  const { columns, lives } = run;
  const spansOf = new Map<number, StageSpan[]>();
  for (const span of run.stageSpans) {
    if (span.critical === false) continue;
    const spans = spansOf.get(span.instanceId);
    if (spans) spans.push(span);
    else spansOf.set(span.instanceId, [span]);
  }
  const seconds: Record<string, number> = {};
  let waited = 0;
  const add = (stage: string, value: number) => {
    if (value > 0) seconds[stage] = (seconds[stage] ?? 0) + value;
  };
  for (let i = 0; i < columns.count; i++) {
    const wait = columns.coldStartWaitSeconds[i];
    if (!(wait > 0)) continue;
    waited++;
    const { instanceId, createdAtSeconds, readyAtSeconds } = lives[columns.instanceId[i]];
    const from = readyAtSeconds - wait;
    add(BEFORE_START, createdAtSeconds - from);
    for (const span of spansOf.get(instanceId) ?? []) {
      add(span.stage, span.endAtSeconds - Math.max(span.startAtSeconds, from));
    }
  }
  for (const stage of Object.keys(seconds)) seconds[stage] /= waited;
  return seconds;
}
