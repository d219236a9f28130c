import type { ExecutionTimeModel } from "./execution_time_model.ts";

/**
 * Every step takes the same time. With batches of one sequence and one output token, an instance is
 * the server of M/D/1.
 *
 * @param seconds Duration of a step, > 0.
 * @throws RangeError if it is not positive and finite.
 *
 * @example
 * ```ts
 * import { constantTime } from "simfaasinfer/execution";
 * console.log(constantTime(0.02).name); // constant
 * ```
 */
export function constantTime(seconds: number): ExecutionTimeModel {
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new RangeError(
      `Cannot use a step's duration as positive seconds: current value is ${seconds}`,
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
