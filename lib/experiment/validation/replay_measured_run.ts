import type { RunRecord } from "../../metrics/run_record.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { type RequestTable, selectRows } from "../../workload/mod.ts";
import type { Constants } from "./constants.ts";
import type { LatencyErrors } from "./latencies.ts";
import type { MeasuredRun } from "./measured_run.ts";
import type { ServerRunner } from "./server.ts";

/** Largest shift of an arrival, seconds. */
export const JITTER_SECONDS = 0.005;

/** A replay of a measured run. */
export interface RunReplay {
  readonly record: RunRecord;
  /** Row of the measured run by row of the replay. */
  readonly order: readonly number[];
  /** Mean of the requests' absolute relative errors. */
  readonly errors: LatencyErrors;
}

/**
 * Replays a measured run request by request.
 *
 * @param seed 0 for the client's arrivals as they are; others shift each by up to 5 ms, which no
 * prediction can depend on: a request on this or that side of a step's boundary is chance.
 */
export function replayMeasuredRun(
  runner: ServerRunner,
  run: MeasuredRun,
  constants: Constants,
  seed: number,
): RunReplay {
  const { requests, order } = jittered(run.requests, seed);
  const record = runner.run(run.server, constants, requests, { sampleSeconds: 1 });
  const { arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, outputTokens } =
    record.columns;
  let ttft = 0, tpot = 0, e2e = 0;
  order.forEach((row, i) => {
    const first = firstTokenAtSeconds[i];
    const last = completedAtSeconds[i];
    ttft += Math.abs((first - arrivalAtSeconds[i]) / run.ttftSeconds[row] - 1);
    tpot += Math.abs((last - first) / (outputTokens[i] - 1) / run.tpotSeconds[row] - 1);
    e2e += Math.abs((last - arrivalAtSeconds[i]) / run.e2eSeconds[row] - 1);
  });
  const n = order.length;
  return { record, order, errors: { ttft: ttft / n, tpot: tpot / n, e2e: e2e / n } };
}

function jittered(
  table: RequestTable,
  seed: number,
): { requests: RequestTable; order: readonly number[] } {
  const rows = Array.from({ length: table.count }, (_, row) => row);
  if (seed === 0) return { requests: table, order: rows };
  const stream = randomStreams(seed).take("jitter");
  const at = table.arrivalAtSeconds.map((seconds) => seconds + JITTER_SECONDS * stream.next());
  const order = rows.sort((a, b) => at[a] - at[b] || a - b);
  return {
    requests: {
      ...selectRows(table, order),
      arrivalAtSeconds: Float64Array.from(order, (row) => at[row]),
    },
    order,
  };
}
