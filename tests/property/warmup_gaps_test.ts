import { equal, ok } from "#assert";
import fc from "fast-check";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { GapSketch } from "../../lib/stats/gap_sketch.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";
import { runSmall } from "../support/small_cluster.ts";

const warmups = fc.oneof(
  fc.constantFrom(0.1, 0.5, 1),
  fc.double({ min: 0.01, max: 8, noNaN: true }),
);

/** A run's gaps by the end of the warm-up and after it. */
function split(test: ClusterCase, stepping: Stepping, warmupSeconds: number) {
  const { gaps, warmupGaps } = simulateCluster({ ...caseParts(test, stepping), warmupSeconds });
  return { before: warmupGaps, after: gaps };
}

function equalGaps(found: GapSketch, expected: GapSketch, what: string): void {
  equal(found.count, expected.count, what);
  if (expected.count === 0) return;
  ok(Math.abs(found.mean - expected.mean) <= 1e-9 * (1 + expected.mean), `mean ${what}`);
  ok(Math.abs(found.max - expected.max) <= 1e-9, `max ${what}`);
  for (const q of [0.1, 0.5, 0.9]) {
    const [a, b] = [found.quantile(q), expected.quantile(q)];
    ok(Math.abs(a - b) <= 0.0101 * b + 1e-12, `quantile ${q} ${what}: ${a}, ${b}`);
  }
}

Deno.test("warm-up: gaps before and after it together are the gaps of the run", () => {
  fc.assert(
    fc.property(clusterCases, warmups, (test, warmupSeconds) => {
      const { before, after } = split(test, "leap", warmupSeconds);
      const together = new GapSketch();
      together.merge(after);
      together.merge(before);
      equalGaps(together, simulateCluster(caseParts(test, "leap")).gaps, "of both parts");
    }),
    { seed: 20261101, numRuns: 500 },
  );
});

Deno.test("warm-up: gaps before its end are those of a run that stops there", () => {
  fc.assert(
    fc.property(clusterCases, warmups, (test, warmupSeconds) => {
      const parts = caseParts(test, "step");
      const stopAtSeconds = Math.min(warmupSeconds, parts.stopAtSeconds);
      const stopped = simulateCluster({ ...parts, stopAtSeconds });
      equalGaps(split(test, "leap", warmupSeconds).before, stopped.gaps, "before");
    }),
    { seed: 20261102, numRuns: 500 },
  );
});

Deno.test("warm-up: both stepping modes cut the gaps alike", () => {
  fc.assert(
    fc.property(clusterCases, warmups, (test, warmupSeconds) => {
      const leap = split(test, "leap", warmupSeconds);
      const step = split(test, "step", warmupSeconds);
      equalGaps(leap.before, step.before, "before");
      equalGaps(leap.after, step.after, "after");
    }),
    { seed: 20261103, numRuns: 500 },
  );
});

Deno.test("warm-up: a gap that ends with it belongs to it, the next one does not", () => {
  // One request: its first token at 1 s, five more at 2, 3, 4, 5, 6 s.
  const cut = (warmupSeconds: number) => {
    const { gaps, warmupGaps } = runSmall([[0, 1, 6]], { cluster: { warmupSeconds } });
    return [warmupGaps.count, gaps.count].join();
  };
  equal(cut(0), "0,5");
  equal(cut(1), "0,5");
  equal(cut(1.5), "0,5");
  equal(cut(3), "2,3");
  equal(cut(3.5), "2,3");
  equal(cut(6), "5,0");
});
