import type { StartPlan } from "./stages.ts";
import type { FinishedStart } from "./start_request.ts";

/**
 * Indices of the stages on the critical path, first to last: from the stage that ended last
 * backwards to the predecessor that it waited for (ties: the earlier stage of the plan). A stage
 * begins when its last predecessor ends, so the times on the path add up to the whole start.
 */
export function criticalPath(plan: StartPlan, endAtSeconds: ArrayLike<number>): number[] {
  const latest = (candidates: readonly number[]) => {
    let best = -1;
    for (const i of candidates) if (best < 0 || endAtSeconds[i] > endAtSeconds[best]) best = i;
    return best;
  };
  const path: number[] = [];
  let stage = latest(plan.stages.map((_, i) => i));
  while (stage >= 0) {
    path.push(stage);
    stage = latest(plan.stages[stage].after);
  }
  return path.reverse();
}

/**
 * Seconds of [fromSeconds, toSeconds] that each stage on the critical path of a start accounts for:
 * how the wait of a request for this start splits. In the path's order; stages outside the window
 * are left out.
 *
 * @example
 * ```ts
 * import { splitByStage } from "simfaasinfer/cold-start";
 * const stage = { instanceId: 0, cached: false, billed: true, critical: true, bytes: 0 };
 * const start = { startId: 0, instance: 0, beginAtSeconds: 0, readyAtSeconds: 5, stages: [
 *   { ...stage, stage: "container_create", startAtSeconds: 0, endAtSeconds: 2 },
 *   { ...stage, stage: "weights_load", startAtSeconds: 2, endAtSeconds: 5 },
 * ] };
 * console.log(splitByStage(start, 1, 5)); // container_create 1 s, weights_load 3 s
 * ```
 */
export function splitByStage(
  start: Pick<FinishedStart, "stages">,
  fromSeconds: number,
  toSeconds: number,
): { readonly stage: string; readonly seconds: number }[] {
  const parts: { stage: string; seconds: number }[] = [];
  const path = start.stages.filter((stage) => stage.critical);
  path.sort((a, b) => a.startAtSeconds - b.startAtSeconds || a.endAtSeconds - b.endAtSeconds);
  for (const stage of path) {
    const seconds = Math.min(stage.endAtSeconds, toSeconds) -
      Math.max(stage.startAtSeconds, fromSeconds);
    if (seconds > 0) parts.push({ stage: stage.stage, seconds });
  }
  return parts;
}

/** Seconds of a start that are billed: those of its critical path's billed stages. */
export function billedSeconds(start: Pick<FinishedStart, "stages">): number {
  let sum = 0;
  for (const stage of start.stages) {
    if (stage.critical && stage.billed) sum += stage.endAtSeconds - stage.startAtSeconds;
  }
  return sum;
}
