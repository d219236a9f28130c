import { equal } from "#assert";
import { StaleSignals } from "./stale_signals.ts";

Deno.test("StaleSignals reads loads when a report is due, and not at the decisions in between", () => {
  let reads = 0;
  const live = {
    candidates: Int32Array.of(0, 1),
    candidateCount: 2,
    outstanding: Int32Array.of(3, 1),
    get outstandingTokens() {
      reads++;
      return Float64Array.of(30, 10);
    },
    kvUtilization: () => 0,
    kvCapacityTokens: () => 0,
    cachedPrefixTokens: () => 0,
  };
  const seen = new StaleSignals(live, 0.5);
  for (const now of [0, 0.1, 0.2, 0.4]) seen.refresh(now);
  equal(reads, 1);
  live.outstanding[0] = 9;
  equal(seen.outstanding[0], 3);
  equal(seen.isDue(0.5), true);
  seen.refresh(0.5);
  equal(seen.isDue(0.9), false);
  equal(reads, 2);
  equal(seen.outstanding[0], 9);
  equal(seen.outstandingTokens[1], 10);
});
