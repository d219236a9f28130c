import type { ExecutionTimeModel } from "./execution_time_model.ts";

/**
 * Every step takes the same time, whatever it computes: for closed forms of queues and for tests.
 *
 * @param seconds Duration of a step, > 0 and finite.
 * @throws RangeError if it is not.
 *
 * @example
 * ```ts
 * import { constantTime } from "simfaasinfer";
 * const model = constantTime(0.02);
 * console.log(model.name); // "constant"
 * ```
 */
export function constantTime(seconds: number): ExecutionTimeModel {
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new RangeError(
      `Cannot use a step time as finite seconds > 0: current value is ${seconds}`,
    );
  }
  return {
    name: "constant",
    stepSeconds: () => seconds,
    decodeLine(_sequences, _contextTokens, line) {
      line.baseSeconds = seconds;
      line.slopeSecondsPerToken = 0;
      line.contextEndTokens = Infinity;
      return true;
    },
  };
}
