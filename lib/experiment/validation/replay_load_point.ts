import type { RunRecord } from "../../metrics/run_record.ts";
import { constant } from "../../sim/distributions/mod.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { generateWorkload, independentLengths, poisson } from "../../workload/mod.ts";
import { clientLatencies } from "./client_latencies.ts";
import type { Constants } from "./constants.ts";
import type { Latencies } from "./latencies.ts";
import type { LoadPoint } from "./load_points.ts";
import type { ServerRunner } from "./server.ts";

/** Prompts that the client of the load points cycles through. */
export const PROMPTS = 100;
/** Growth of the wait for the first token, between the second and the last fifth, of an overload. */
const OVERLOAD_SECONDS = 5;

/** What a load point comes out as. */
export interface LoadReplay {
  /** Mean latencies as a client would measure them. */
  readonly predicted: Latencies;
  /** The queue grows as long as load is offered. */
  readonly overloaded: boolean;
}

/**
 * Offers the load of a point to its server: Poisson arrivals, all prompts of the mean length out of a
 * cycle of 100 whose prefixes stay cached, output lengths forced.
 */
export function replayLoadPoint(
  runner: ServerRunner,
  point: LoadPoint,
  constants: Constants,
): LoadReplay {
  const requests = generateWorkload({
    arrivals: poisson({ ratePerSecond: point.ratePerSecond }),
    lengths: independentLengths({
      promptTokens: constant({ value: point.promptTokens, integer: true }),
      outputTokens: constant({ value: point.outputTokens, integer: true }),
    }),
    durationSeconds: point.durationSeconds,
    cyclePrompts: PROMPTS,
  }, randomStreams(1));
  const record = runner.run(point.server, constants, requests);
  return {
    predicted: clientLatencies(record, constants.requestSeconds),
    overloaded: meanWait(record, 0.8, 1) - meanWait(record, 0.2, 0.4) > OVERLOAD_SECONDS,
  };
}

/** Mean time to first token of the requests between two shares of the stage, seconds. */
function meanWait(record: RunRecord, from: number, to: number): number {
  const { count, arrivalAtSeconds, firstTokenAtSeconds } = record.columns;
  const [first, end] = [Math.floor(from * count), Math.floor(to * count)];
  let sum = 0;
  for (let i = first; i < end; i++) sum += firstTokenAtSeconds[i] - arrivalAtSeconds[i];
  return sum / (end - first);
}
