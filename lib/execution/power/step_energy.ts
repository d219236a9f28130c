/** What the GPUs of one instance draw while it works, all of them together. */
export interface StepPower {
  /** Ready and without work, watts. */
  readonly idleWatts: number;
  /** The most that they may draw, watts. */
  readonly limitWatts: number;
  /** On top of idle while kernels run, watts. */
  readonly activeWatts: number;
  /** On top of that, per FLOP. */
  readonly joulesPerFlop: number;
  /** On top of that, per byte of weights and KV entries. */
  readonly joulesPerByte: number;
  /** Time of a step in which the GPUs wait for their host, seconds. */
  readonly gapSeconds: number;
  /** The same for each sequence of the step, seconds. */
  readonly gapSecondsPerSequence: number;
}

/** Consecutive steps, each of which takes as much longer and does as much more as the one before. */
export interface StepSeries {
  /** How many, >= 1. */
  steps: number;
  /** Duration of the first, seconds. */
  firstSeconds: number;
  /** How much longer each takes than the one before, seconds. */
  moreSeconds: number;
  /** Sequences in each step. */
  sequences: number;
  /** Arithmetic of the first, FLOP. */
  firstFlops: number;
  /** How much more each does than the one before, FLOP. */
  moreFlops: number;
  /** Bytes moved by the first. */
  firstBytes: number;
  /** How many more each moves than the one before, bytes. */
  moreBytes: number;
}

/** Energy that is added up. */
export interface StepEnergy {
  /** Energy of the GPUs while in steps, joules. */
  joules: number;
  /** Time at the power limit, seconds. */
  limitedSeconds: number;
}

/**
 * Adds the energy of consecutive steps. Each draws idle power all the while, more while kernels run,
 * and energy by FLOP and byte; where that is beyond the power limit it draws the limit. Both are lines
 * in the number of the step, so that they cross at most once and the sum has a closed form.
 */
export function addStepEnergy(power: StepPower, series: StepSeries, sum: StepEnergy): void {
  const { steps, firstSeconds, moreSeconds, sequences } = series;
  const gap = Math.min(
    firstSeconds,
    power.gapSeconds + power.gapSecondsPerSequence * sequences,
  );
  const busyWatts = power.idleWatts + power.activeWatts;
  const first = busyWatts * firstSeconds - power.activeWatts * gap +
    power.joulesPerFlop * series.firstFlops + power.joulesPerByte * series.firstBytes;
  const more = busyWatts * moreSeconds + power.joulesPerFlop * series.moreFlops +
    power.joulesPerByte * series.moreBytes;
  const over = first - power.limitWatts * firstSeconds;
  const moreOver = more - power.limitWatts * moreSeconds;
  const last = over + moreOver * (steps - 1);
  // Steps at the limit stand together at the beginning or at the end.
  let limitedFrom = 0, limitedTo = 0;
  if (over > 0) limitedTo = last > 0 ? steps : Math.min(steps, Math.ceil(over / -moreOver));
  else if (last > 0) {
    limitedFrom = Math.min(steps, Math.floor(-over / moreOver) + 1);
    limitedTo = steps;
  }
  const limited = lineSum(firstSeconds, moreSeconds, limitedFrom, limitedTo);
  sum.limitedSeconds += limited;
  sum.joules += lineSum(first, more, 0, steps) - lineSum(over, moreOver, limitedFrom, limitedTo);
}

/** Sum of first + more x k over from <= k < to. */
function lineSum(first: number, more: number, from: number, to: number): number {
  const count = to - from;
  return count * first + more * (count * (from + to - 1) / 2);
}
