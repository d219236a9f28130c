import type { Engine } from "../../engine/engine.ts";
import { emptyTotals, TotalsColumns } from "../../metrics/meter_totals.ts";
import type { SpeculationRecord } from "../../metrics/run_record.ts";

/**
 * What engines have done whose instances have stopped: an engine itself is forgotten then, since a
 * run may have millions of them.
 */
export class EngineBooks {
  /** Work by instance. */
  readonly totals = new TotalsColumns();
  /** Steps that were taken as part of a leap, and singly. */
  stepsLeapt = 0;
  stepsSingle = 0;
  /** Most KV blocks that one of them had in use, and the greatest share of what it had. */
  peakBlocks = 0;
  peakKvUtilization = 0;
  /** What each of those that speculate has drafted and accepted, by instance. */
  readonly speculation = new Map<number, SpeculationRecord>();
  readonly #scratch = emptyTotals();

  /** Takes over what an engine has done by `now`. */
  add(id: number, { readings, stepsLeapt, stepsSingle }: Engine, now: number): void {
    readings.readMeter(now, this.#scratch);
    this.totals.set(id, this.#scratch);
    this.stepsLeapt += stepsLeapt;
    this.stepsSingle += stepsSingle;
    if (readings.speculation !== undefined) {
      const { drafts, draftedTokens, acceptedTokens } = readings.speculation;
      this.speculation.set(id, { drafts, draftedTokens, acceptedTokens });
    }
    const { peakBlocks, kvBlocks } = readings;
    this.peakBlocks = Math.max(this.peakBlocks, peakBlocks);
    this.peakKvUtilization = Math.max(this.peakKvUtilization, peakBlocks / kvBlocks);
  }
}
