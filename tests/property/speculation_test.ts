import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { speculate } from "../../lib/engine/speculate.ts";
import { acceptanceLaw, plainDraft, withDraft } from "../../lib/execution/speculation/mod.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";

/** Cases per property. */
const CASES = 250;

/** A cluster that speculates. */
interface Case {
  readonly cluster: ClusterCase;
  readonly mode: "expected" | "sampled";
  readonly acceptance: readonly number[];
  /** Drafted tokens of batches of up to 2, 4 and more sequences. */
  readonly drafted: readonly [number, number, number];
  readonly foundShare: number;
  readonly hasKvEntries: boolean;
}

const probability = fc.constantFrom(0, 0.3, 0.5, 0.77, 0.9, 1);

const cases: fc.Arbitrary<Case> = fc.record({
  cluster: clusterCases.map((cluster): ClusterCase => {
    const { strategy } = cluster;
    const isStatic = strategy === "orca" || strategy === "fastertransformer";
    return isStatic ? { ...cluster, strategy: "vllm" } : cluster;
  }),
  mode: fc.constantFrom("expected", "sampled"),
  acceptance: fc.array(probability, { minLength: 1, maxLength: 4 }),
  drafted: fc.tuple(fc.nat(6), fc.nat(4), fc.nat(3)),
  foundShare: fc.constantFrom(1, 1, 0.4),
  hasKvEntries: fc.boolean(),
});

/** Parts of a case; new ones for every run. */
function partsOf(test: Case, stepping: Stepping): ClusterParts {
  const parts = caseParts(test.cluster, stepping);
  const [small, middle, large] = test.drafted;
  const law = acceptanceLaw({ acceptance: test.acceptance }, 6);
  const draft = plainDraft({
    baseSeconds: 1e-3,
    perTokenSeconds: 1e-5,
    perContextTokenSeconds: 1e-7,
    shareOfTarget: 0.01,
  });
  return {
    ...parts,
    functions: parts.functions.map((fn) => ({
      ...fn,
      engine: {
        ...fn.engine,
        execution: withDraft(fn.engine.execution, draft),
        speculation: speculate({
          mode: test.mode,
          law,
          draftTokens: (sequences) => sequences <= 2 ? small : sequences <= 4 ? middle : large,
          stream: randomStreams(5).take("acceptance"),
          foundShare: test.foundShare,
          hasKvEntries: test.hasKvEntries,
        }),
      },
    })),
  };
}

function close(actual: number, expected: number, what: string, tolerance = 1e-9): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  const off = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  ok(off <= tolerance, `${what}: leap ${actual}, step ${expected}`);
}

function compare(leap: RunRecord, step: RunRecord): void {
  deepEqual(leap.columns, step.columns);
  equal(leap.peakBlocks, step.peakBlocks);
  equal(leap.stepsLeapt + leap.stepsSingle, step.stepsLeapt + step.stepsSingle);
  equal(leap.gaps.count, step.gaps.count);
  close(leap.gaps.mean, step.gaps.mean, "mean gap");
  close(leap.gaps.max, step.gaps.max, "longest gap");
  leap.totals.forEach((totals, id) => {
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
      close(totals[key], step.totals[id][key], `${key} of instance ${id}`);
    }
  });
  for (const key of ["running", "kvUtilization", "outputTokensPerSecond"] as const) {
    leap.timeSeries[key].forEach((value, row) => {
      const { timeSeconds } = step.timeSeries;
      const length = timeSeconds[row] - (row > 0 ? timeSeconds[row - 1] : 0);
      const tolerance = Math.max(1e-6, 1e-10 / length);
      close(value, step.timeSeries[key][row], `${key} in interval ${row}`, tolerance);
    });
  }
}

Deno.test("speculating, leaps equal steps on random clusters in both modes", () => {
  let leapt = 0, single = 0;
  const property = fc.property(cases, (test) => {
    const leap = simulateCluster(partsOf(test, "leap"));
    compare(leap, simulateCluster(partsOf(test, "step")));
    leapt += leap.stepsLeapt;
    single += leap.stepsSingle;
  });
  fc.assert(property, { numRuns: CASES, seed: 1 });
  ok(leapt > 0.2 * (leapt + single), `only ${leapt} of ${leapt + single} steps were leapt`);
});
