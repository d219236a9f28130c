import type { RunRecord } from "../../metrics/run_record.ts";
import type { Latencies } from "./latencies.ts";

/**
 * Mean latencies of the completed requests as a client sees them.
 *
 * @param requestSeconds Time between client and engine, seconds per request.
 */
export function clientLatencies(record: RunRecord, requestSeconds: number): Latencies {
  const { count, arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, outputTokens } =
    record.columns;
  let requests = 0, ttft = 0, tpot = 0, e2e = 0;
  for (let i = 0; i < count; i++) {
    const last = completedAtSeconds[i];
    if (Number.isNaN(last)) continue;
    const first = firstTokenAtSeconds[i];
    requests++;
    ttft += first - arrivalAtSeconds[i];
    e2e += last - arrivalAtSeconds[i];
    tpot += (last - first) / (outputTokens[i] - 1);
  }
  return {
    ttftSeconds: ttft / requests + requestSeconds,
    tpotSeconds: tpot / requests,
    e2eSeconds: e2e / requests + requestSeconds,
  };
}
