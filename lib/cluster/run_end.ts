import { emptyTotals } from "../metrics/meter_totals.ts";
import { OUTCOME_CODE } from "../metrics/recorder.ts";
import type { RunRecord, SpeculationRecord } from "../metrics/run_record.ts";
import type { RunColumns } from "../engine/engine_parts.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import type { Fleet } from "./fleet/fleet.ts";

/** What the engines counted in a run. */
type EngineCounts = Pick<
  RunRecord,
  | "coldStarts"
  | "evictions"
  | "totals"
  | "peakBlocks"
  | "peakKvUtilization"
  | "stepsLeapt"
  | "stepsSingle"
  | "speculation"
>;

/**
 * Closes the books of a run's engines at its end and adds them up. The steps that have ended by then
 * count, those in progress do not.
 */
export function settleEngines(fleet: Fleet, endAtSeconds: number): EngineCounts {
  const { alive, books } = fleet;
  const { totals } = books;
  const work = emptyTotals();
  for (const { id, engine } of alive) {
    engine.readings.readMeter(endAtSeconds, work);
    totals.set(id, work);
  }
  let { stepsLeapt, stepsSingle, peakBlocks, peakKvUtilization } = books;
  for (const { engine } of alive) {
    engine.settle(endAtSeconds);
    stepsLeapt += engine.stepsLeapt;
    stepsSingle += engine.stepsSingle;
    const { peakBlocks: peak, kvBlocks } = engine.readings;
    peakBlocks = Math.max(peakBlocks, peak);
    peakKvUtilization = Math.max(peakKvUtilization, peak / kvBlocks);
  }
  const speculation = sumSpeculation(fleet);
  return {
    coldStarts: fleet.functions.reduce((sum, fn) => sum + fn.coldStarts, 0),
    evictions: fleet.evictions,
    totals,
    peakBlocks,
    peakKvUtilization,
    stepsLeapt,
    stepsSingle,
    ...(speculation && { speculation }),
  };
}

/** What all engines have drafted and accepted; undefined where none speculates. */
function sumSpeculation(fleet: Fleet): SpeculationRecord | undefined {
  let drafts = 0, draftedTokens = 0, acceptedTokens = 0, engines = 0;
  // In one order, whoever has stopped when: sums of fractions depend on it.
  for (let id = 0; id < fleet.instances.length; id++) {
    const speculation = fleet.find(id)?.engine.readings.speculation ??
      fleet.books.speculation.get(id);
    if (speculation === undefined) continue;
    engines++;
    drafts += speculation.drafts;
    draftedTokens += speculation.draftedTokens;
    acceptedTokens += speculation.acceptedTokens;
  }
  return engines > 0 ? { drafts, draftedTokens, acceptedTokens } : undefined;
}

/** Clears what engines keep in the columns of requests that have not completed. */
export function clearUnfinished({ columns }: RunColumns): void {
  for (let i = 0; i < columns.count; i++) {
    if (columns.outcome[i] === OUTCOME_CODE.completed) continue;
    // The last token's instant stands here while a request is preempted.
    columns.completedAtSeconds[i] = NaN;
    columns.maxTbtSeconds[i] = NaN;
  }
}

/** How long a run lasts though every request has ended, seconds. */
export function lastsUntilSeconds(
  { horizonSeconds, stopAtSeconds, runsOn }: ClusterParts,
): number {
  if (stopAtSeconds < Infinity) return stopAtSeconds;
  return typeof runsOn === "object"
    ? Math.max(horizonSeconds, runsOn.untilSeconds)
    : horizonSeconds;
}

/**
 * How far the rates of a run count, seconds.
 *
 * @param servedAtSeconds End of the last request; NaN if some have not ended.
 */
export function measuredUntilSeconds(
  { horizonSeconds, stopAtSeconds }: ClusterParts,
  servedAtSeconds: number,
  endAtSeconds: number,
): number {
  if (stopAtSeconds < Infinity || Number.isNaN(servedAtSeconds)) return endAtSeconds;
  return Math.max(horizonSeconds, servedAtSeconds);
}
