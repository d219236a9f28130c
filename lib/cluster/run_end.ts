import { OUTCOME_CODE } from "../metrics/recorder.ts";
import type { RunRecord } from "../metrics/run_record.ts";
import type { ClusterState } from "./cluster_state.ts";

/** What the engines counted in a run. */
type EngineCounts = Pick<
  RunRecord,
  "totals" | "peakBlocks" | "peakKvUtilization" | "stepsLeapt" | "stepsSingle"
>;

/**
 * Closes the books of a run's engines at its end and adds them up. The steps that have ended by then
 * count, those in progress do not.
 */
export function settleEngines({ fleet }: ClusterState, endAtSeconds: number): EngineCounts {
  const totals = fleet.totals(endAtSeconds);
  let stepsLeapt = 0, stepsSingle = 0, peakBlocks = 0, peakKvUtilization = 0;
  for (const engine of fleet.engines) {
    engine.settle(endAtSeconds);
    stepsLeapt += engine.stepsLeapt;
    stepsSingle += engine.stepsSingle;
    const { peakBlocks: peak, kvBlocks } = engine.readings;
    peakBlocks = Math.max(peakBlocks, peak);
    peakKvUtilization = Math.max(peakKvUtilization, peak / kvBlocks);
  }
  return { totals, peakBlocks, peakKvUtilization, stepsLeapt, stepsSingle };
}

/** Clears what engines keep in the columns of requests that have not completed. */
export function clearUnfinished({ run: { columns } }: ClusterState): void {
  for (let i = 0; i < columns.count; i++) {
    if (columns.outcome[i] === OUTCOME_CODE.completed) continue;
    // The last token's instant stands here while a request is preempted.
    columns.completedAtSeconds[i] = NaN;
    columns.maxTbtSeconds[i] = NaN;
  }
}

/** @throws {RangeError} If a request waits for an instance that will never come. */
export function refuseToStall({ now, gateways, parts }: ClusterState): void {
  const waiting = gateways.findIndex((gateway) => gateway.size > 0);
  if (waiting < 0) return;
  throw new RangeError(
    `Cannot make progress at ${now} s: request ${gateways[waiting].peek()} waits for function ` +
      `"${parts.functions[waiting].name}" and no instance will come`,
  );
}
