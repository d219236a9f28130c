import type { StepShape, StepWork } from "../execution/execution_time_model.ts";
import {
  addStepEnergy,
  type StepEnergy,
  type StepPower,
  type StepSeries,
} from "../execution/power/step_energy.ts";
import { emptyTotals } from "../metrics/meter_totals.ts";
import type { Leap } from "./leap.ts";
import type { Speculation } from "./speculation.ts";
import { WorkMeter } from "./work_meter.ts";

/** Adds up the energy of one engine's steps; a leap costs the same whatever its length. */
export class EnergyMeter implements StepEnergy {
  joules = 0;
  limitedSeconds = 0;
  readonly #power: StepPower;
  /** Work of one step, and of two. */
  readonly #work: WorkMeter;
  readonly #one = emptyTotals();
  readonly #two = emptyTotals();
  readonly #part: StepEnergy = { joules: 0, limitedSeconds: 0 };
  readonly #series: StepSeries = {
    steps: 1,
    firstSeconds: 0,
    moreSeconds: 0,
    sequences: 0,
    firstFlops: 0,
    moreFlops: 0,
    firstBytes: 0,
    moreBytes: 0,
  };

  constructor(power: StepPower, work: StepWork, speculation?: Speculation) {
    this.#power = power;
    this.#work = new WorkMeter(work, speculation);
  }

  /** Adds the first `steps` steps of a leap whose first one has the shape. */
  addSteps(shape: StepShape, leap: Leap, steps: number, sum: StepEnergy = this): void {
    if (steps === 0) return;
    this.#look(shape, leap, steps);
    addStepEnergy(this.#power, this.#series, sum);
  }

  /** Adds what the step that follows `ended` others of the leap has drawn after `seconds` of it. */
  addPart(
    shape: StepShape,
    leap: Leap,
    ended: number,
    seconds: number,
    sum: StepEnergy = this,
  ): void {
    if (!(seconds > 0)) return;
    this.#look(shape, leap, ended + 1);
    const series = this.#series;
    series.firstSeconds += ended * series.moreSeconds;
    series.firstFlops += ended * series.moreFlops;
    series.firstBytes += ended * series.moreBytes;
    series.steps = 1;
    const part = this.#part;
    part.joules = part.limitedSeconds = 0;
    addStepEnergy(this.#power, series, part);
    const share = series.firstSeconds > 0 ? Math.min(1, seconds / series.firstSeconds) : 0;
    sum.joules += share * part.joules;
    sum.limitedSeconds += share * part.limitedSeconds;
  }

  /** Looks at so many steps: what the first does, and what each does more. */
  #look(shape: StepShape, leap: Leap, steps: number): void {
    const series = this.#series;
    const one = this.#one;
    this.#work.clear();
    this.#work.addSteps(shape, 1);
    this.#work.read(one);
    series.steps = steps;
    series.firstSeconds = leap.firstStepSeconds;
    series.moreSeconds = leap.incrementSeconds;
    series.sequences = shape.decodeSequences + shape.chunkCount;
    series.firstFlops = one.flops;
    series.firstBytes = one.bytes;
    series.moreFlops = series.moreBytes = 0;
    if (steps === 1) return;
    const two = this.#two;
    this.#work.clear();
    this.#work.addSteps(shape, 2);
    this.#work.read(two);
    series.moreFlops = two.flops - 2 * one.flops;
    series.moreBytes = two.bytes - 2 * one.bytes;
  }
}
