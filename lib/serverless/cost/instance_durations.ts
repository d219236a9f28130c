import { asleepSeconds, servedUntilSeconds } from "../life_phases.ts";
import type { InstanceLife } from "../lifecycle.ts";
import type { InstanceDurations } from "./bill.ts";

/** What billing needs to know of instances beside their lives. */
export interface DurationFacts {
  /** Time in steps over the whole life of each instance, seconds, by row of the lives. */
  readonly busySeconds: ArrayLike<number>;
  /** GPUs of one instance of a function; default 1. */
  readonly gpusOf?: (functionId: number) => number;
  /** Part of a start that is not billed, as before the load of weights, seconds; default 0. */
  readonly unbilledStartSeconds?: (life: InstanceLife) => number;
}

/**
 * The time of each instance by phase. A draining instance is in a step until its last request ends,
 * so its time in steps before draining is what the draining leaves of the whole. The phases of an
 * instance add up to its life, less what is not billed of its start.
 */
export function instanceDurations(
  lives: readonly InstanceLife[],
  { busySeconds, gpusOf = () => 1, unbilledStartSeconds = () => 0 }: DurationFacts,
): InstanceDurations {
  const count = lives.length;
  const durations = {
    count,
    startSeconds: new Float64Array(count),
    busySeconds: new Float64Array(count),
    idleSeconds: new Float64Array(count),
    drainingSeconds: new Float64Array(count),
    asleepSeconds: Float64Array.from(lives, asleepSeconds),
    gpus: Int32Array.from(lives, (life) => gpusOf(life.functionId)),
  };
  lives.forEach((life, i) => {
    const stopped = servedUntilSeconds(life);
    const ready = Number.isNaN(life.readyAtSeconds) ? stopped : life.readyAtSeconds;
    const draining = Number.isNaN(life.drainingAtSeconds) ? stopped : life.drainingAtSeconds;
    const start = ready - life.createdAtSeconds;
    // A start that is given up counts as a start until its end, not as draining.
    const served = Math.max(0, Math.max(ready, draining) - ready);
    const drainingSeconds = stopped - Math.max(ready, draining);
    const busy = Math.min(served, Math.max(0, busySeconds[i] - drainingSeconds));
    durations.startSeconds[i] = Math.max(0, start - unbilledStartSeconds(life));
    durations.busySeconds[i] = busy;
    durations.idleSeconds[i] = served - busy;
    durations.drainingSeconds[i] = drainingSeconds;
  });
  return durations;
}
