import type { RunRecord } from "../../metrics/run_record.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import type { RequestTable } from "../../workload/mod.ts";
import type { Constants } from "./constants.ts";
import type { LatencyErrors } from "./latencies.ts";
import type { MeasuredRun } from "./measured_run.ts";
import type { ServerRunner } from "./server.ts";

/** Largest shift of an arrival, seconds. */
export const JITTER_SECONDS = 0.005;

/** A replay of a measured run. */
export interface RunReplay {
  /** The simulated run, requests in the order of the measured ones. */
  readonly record: RunRecord;
  /** Mean of the requests' absolute relative errors. */
  readonly errors: LatencyErrors;
}

/**
 * Replays a measured run request by request.
 *
 * @param seed 0 for the client's arrivals as they are; others shift each by up to 5 ms, which no
 * prediction can depend on: a request on this or that side of a step's boundary is chance. No request
 * overtakes another: client and engine each have one queue, and in neither run did any.
 */
export function replayMeasuredRun(
  runner: ServerRunner,
  run: MeasuredRun,
  constants: Constants,
  seed: number,
): RunReplay {
  const requests = jittered(run.requests, seed);
  const record = runner.run(run.server, constants, requests, { sampleSeconds: 1 });
  const { arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, outputTokens } =
    record.columns;
  let ttft = 0, tpot = 0, e2e = 0;
  for (let i = 0; i < requests.count; i++) {
    const first = firstTokenAtSeconds[i];
    const last = completedAtSeconds[i];
    ttft += Math.abs((first - arrivalAtSeconds[i]) / run.ttftSeconds[i] - 1);
    tpot += Math.abs((last - first) / (outputTokens[i] - 1) / run.tpotSeconds[i] - 1);
    e2e += Math.abs((last - arrivalAtSeconds[i]) / run.e2eSeconds[i] - 1);
  }
  const n = requests.count;
  return { record, errors: { ttft: ttft / n, tpot: tpot / n, e2e: e2e / n } };
}

function jittered(table: RequestTable, seed: number): RequestTable {
  if (seed === 0) return table;
  const stream = randomStreams(seed).take("jitter");
  const arrivalAtSeconds = table.arrivalAtSeconds
    .map((seconds) => seconds + JITTER_SECONDS * stream.next())
    .sort();
  return { ...table, arrivalAtSeconds };
}
