import { atMost, LIMITS } from "../../sim/limits.ts";

/**
 * Refuses an instance beyond those that a run can hold.
 *
 * @param name The function's name, for the message.
 * @param made Instances that the run has made so far, and how many of them are there.
 * @throws {RangeError} If there are as many as can be.
 */
export function requireInstanceRoom(name: string, made: number, alive: number, now: number): void {
  const isFull = alive >= LIMITS.instancesAtOnce.value;
  if (!isFull && made < LIMITS.instancesMade.value) return;
  const most = isFull ? `${atMost("instancesAtOnce")} at one time` : atMost("instancesMade");
  throw new RangeError(
    `Cannot make an instance of "${name}" at ${now} s as one of ${most}: current value is ${made} ` +
      `made, ${alive} there (set a lower scaling.max_instances, or a longer ` +
      `scaling.keep_alive.seconds)`,
  );
}

/** What a run ends with whose first instances have no place; so many before it had one. */
export function noPlace(functionName: string, placed: number): RangeError {
  return new RangeError(
    `Cannot place the first instances as ones that find free GPUs: current value is ${placed} ` +
      `placed before one of "${functionName}"`,
  );
}
