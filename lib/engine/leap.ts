/** 1.5 x 2^16: added to a time below 2^15 s, it leaves a sum whose last bit is worth 2^-36. */
const ROUNDER = 98_304;

/**
 * Rounds an instant to the engines' clock tick: 2^-36 s (15 ps) in the first nine hours, a bit more
 * later. Both stepping modes do it to every step's end, so that an end counted from a leap's start and
 * the same end counted from a later step, which differ in their last bits, are one instant.
 */
export function toTick(seconds: number): number {
  return (seconds + ROUNDER) - ROUNDER;
}

/**
 * Consecutive decode steps of an unchanged batch. Step k (from 0) takes
 * `firstStepSeconds + k * incrementSeconds`, since the context grows by the same number of tokens
 * each step and the step time is a line in the context; any number of steps is a closed form.
 */
export class Leap {
  /** Start of the first step, seconds. */
  startAtSeconds = 0;
  /** Duration of the first step, seconds. */
  firstStepSeconds = 0;
  /** How much longer each step takes than the one before, seconds, >= 0. */
  incrementSeconds = 0;
  /** Steps in the leap. */
  steps = 0;
  /** End of the leap, seconds. */
  endsAtSeconds = Infinity;

  /** Starts a leap. */
  begin(startAtSeconds: number, first: number, increment: number, steps: number): void {
    this.startAtSeconds = startAtSeconds;
    this.firstStepSeconds = first;
    this.incrementSeconds = increment;
    this.endAfter(steps);
  }

  /** Lets the leap end after its first `steps` steps. */
  endAfter(steps: number): void {
    this.steps = steps;
    this.endsAtSeconds = this.endAtSeconds(steps);
  }

  /** Seconds that the first `count` steps take. */
  seconds(count: number): number {
    return count * this.firstStepSeconds + this.incrementSeconds * (count * (count - 1) / 2);
  }

  /**
   * Seconds from the starts of steps `first`, `first` + `stride`, ... up to `last` to the end of the
   * leap, summed; `total` is the duration of the leap.
   */
  remainingSeconds(first: number, stride: number, last: number, total: number): number {
    const count = Math.floor((last - first) / stride) + 1;
    const sum = count * first + stride * (count * (count - 1) / 2);
    const squares = count * first * first + first * stride * count * (count - 1) +
      stride * stride * ((count - 1) * count * (2 * count - 1) / 6);
    return count * total - this.firstStepSeconds * sum -
      this.incrementSeconds * ((squares - sum) / 2);
  }

  /** End of the first `count` steps, on the tick; the start for 0, and for what is below a tick. */
  endAtSeconds(count: number): number {
    const { startAtSeconds } = this;
    if (count === 0) return startAtSeconds;
    const end = toTick(startAtSeconds + this.seconds(count));
    return end > startAtSeconds ? end : startAtSeconds;
  }

  /** Steps that have ended by `now` (those that end at `now` included), at most `steps`. */
  stepsDoneBy(now: number): number {
    const elapsed = now - this.startAtSeconds;
    const half = this.incrementSeconds / 2;
    const linear = this.firstStepSeconds - half;
    // Root of half k^2 + linear k = elapsed, in the form that stays exact for tiny increments.
    let done = Math.floor(
      2 * elapsed / (linear + Math.sqrt(linear * linear + 4 * half * elapsed)),
    );
    if (done > this.steps) done = this.steps;
    // The root is a guess in floating point; the ticked ends decide.
    while (done < this.steps && this.endAtSeconds(done + 1) <= now) done++;
    while (done > 0 && this.endAtSeconds(done) > now) done--;
    return done;
  }
}
