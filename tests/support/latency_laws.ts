import { deepEqual, ok } from "#assert";
import {
  LATENCY_PART_NAMES,
  type LatencyPart,
  latencyPart,
  TTFT_PART_NAMES,
} from "../../lib/metrics/latency_parts.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";

/** Slack of sums of seconds. */
const SLACK = 1e-9;

/** The parts of all requests of a run, by name. */
export function partsOf(
  { columns, latencyParts }: RunRecord,
): Readonly<Record<LatencyPart, Float64Array>> {
  const run = { requests: columns, latencyParts };
  return Object.fromEntries(
    LATENCY_PART_NAMES.map((name) => [name, latencyPart(run, name)]),
  ) as Record<LatencyPart, Float64Array>;
}

/**
 * The parts of each request's time to first token and end-to-end latency add up to it, and none is
 * below 0; requests that did not get there have none.
 */
export function partsAddUp(run: RunRecord): void {
  const { arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, count } = run.columns;
  const parts = partsOf(run);
  for (let i = 0; i < count; i++) {
    const ttft = firstTokenAtSeconds[i] - arrivalAtSeconds[i];
    const e2e = completedAtSeconds[i] - arrivalAtSeconds[i];
    let sum = 0;
    for (const name of LATENCY_PART_NAMES) {
      const { [name]: { [i]: seconds } } = parts;
      const whole = TTFT_PART_NAMES.includes(name as never) ? ttft : e2e;
      deepEqual(Number.isNaN(seconds), Number.isNaN(whole), `${name} of request ${i}`);
      ok(!(seconds < 0), `${name} of request ${i} is ${seconds}`);
      sum += seconds;
      if (name === TTFT_PART_NAMES[TTFT_PART_NAMES.length - 1]) {
        ok(!(Math.abs(sum - ttft) > SLACK), `TTFT of request ${i}: ${ttft}, its parts ${sum}`);
      }
    }
    ok(!(Math.abs(sum - e2e) > SLACK), `E2E of request ${i}: ${e2e}, its parts ${sum}`);
  }
}

/** The same parts, whether steps were leapt over or not. */
export function sameParts(leap: RunRecord, step: RunRecord): void {
  const [one, other] = [partsOf(leap), partsOf(step)];
  for (const name of LATENCY_PART_NAMES) {
    one[name].forEach((seconds, i) => {
      const { [i]: expected } = other[name];
      const isSame = Object.is(seconds, expected) || Math.abs(seconds - expected) <= SLACK;
      ok(isSame, `${name} of request ${i}: leap ${seconds}, step ${expected}`);
    });
  }
}
