import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { partsAddUp, sameParts } from "../support/latency_laws.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";
import * as laws from "../support/everything_laws.ts";
import { everythingParts } from "../support/everything_parts.ts";
import { type EverythingCase, everythingCases } from "../support/random_everything.ts";
import { mayLoad, type TierCase, tierCases, withTiers } from "../support/random_tiers.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 160);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261130);

/** Clusters whose requests can wait for tiers, under memory pressure. */
const cases = fc.tuple(
  clusterCases.map((test): ClusterCase => ({
    ...test,
    prefix: true,
    strategy: mayLoad(test.strategy) ? test.strategy : "vllm",
  })),
  tierCases,
);

function run([test, tiers]: [ClusterCase, TierCase], stepping: Stepping): RunRecord {
  return simulateCluster(withTiers(caseParts(test, stepping), tiers));
}

Deno.test("with cache tiers, leap stepping equals step stepping, and no block is lost or there twice", () => {
  const seen = { hits: 0, loaded: 0, stored: 0, evicted: 0, expired: 0, refused: 0 };
  const check = (test: [ClusterCase, TierCase]) => {
    const leap = run(test, "leap");
    const step = run(test, "step");
    deepEqual(leap.columns, step.columns);
    deepEqual(leap.kvTiers, step.kvTiers);
    equal(leap.peakBlocks, step.peakBlocks);
    partsAddUp(leap);
    sameParts(leap, step);
    leap.totals.list().forEach((totals, id) => {
      for (const [key, value] of Object.entries(totals)) {
        const other = step.totals.at(id)[key as keyof typeof totals];
        ok(
          Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other)),
          `${key}: ${value}, ${other}`,
        );
      }
    });
    for (const tier of leap.kvTiers!) {
      seen.hits += tier.hitTokens.reduce((sum, tokens) => sum + tokens, 0);
      seen.loaded += tier.loadedBlocks;
      seen.stored += tier.storedBlocks;
      seen.evicted += tier.evictedBlocks;
      seen.expired += tier.expiredBlocks;
      seen.refused += tier.refusedBlocks;
    }
  };
  fc.assert(fc.property(cases, check), { numRuns: CASES, seed: SEED, endOnFailure: true });
  console.log(`${CASES} cases of seed ${SEED}: ${JSON.stringify(seen)}`);
  for (const [name, count] of Object.entries(seen)) ok(count > 0, `no ${name}`);
});

/** What may end a run, or keep it from beginning: what is asked for cannot be had. */
const REFUSAL =
  /^Cannot (make progress at|place an instance of|place the first instances as|share a pool as) .*(current value is|waits for function|as they began)/;

function attempt(
  test: EverythingCase,
  tiers: TierCase,
  stepping: Stepping,
): RunRecord | string {
  try {
    return simulateCluster(withTiers(everythingParts(test, stepping), tiers));
  } catch (error) {
    if (error instanceof RangeError && REFUSAL.test(error.message)) return error.message;
    throw error;
  }
}

Deno.test("with cache tiers and everything else at once, the laws hold", () => {
  const seen = { hits: 0, givenUp: 0 };
  const withPrefix = everythingCases.map((test): EverythingCase => ({
    ...test,
    cluster: {
      ...test.cluster,
      prefix: true,
      kvBlocks: 40,
      strategy: mayLoad(test.cluster.strategy) ? test.cluster.strategy : "sarathi",
    },
  }));
  const check = ([test, tiers]: [EverythingCase, TierCase]) => {
    const run = attempt(test, tiers, "leap");
    const step = attempt(test, tiers, "step");
    if (typeof run === "string" || typeof step === "string") return equal(step, run);
    laws.requestsAreConserved(run);
    if (test.cluster.stopAt === Infinity) laws.everybodyEnds(run);
    laws.outcomesAreAllowed(test, run);
    laws.timeLimitsHold(test, run);
    laws.faultsAreBounded(test, run);
    laws.phasesFillLives(test, run);
    laws.capacityHolds(test, run);
    laws.waitsAddUp(run);
    partsAddUp(run);
    laws.sameRuns(run, step);
    sameParts(run, step);
    deepEqual(run.kvTiers, step.kvTiers);
    for (const { hitTokens, givenUpBlocks } of run.kvTiers ?? []) {
      seen.hits += hitTokens.reduce((sum, tokens) => sum + tokens, 0);
      seen.givenUp += givenUpBlocks;
    }
  };
  fc.assert(fc.property(fc.tuple(withPrefix, tierCases), check), {
    numRuns: Math.ceil(CASES / 2),
    seed: SEED + 1,
    endOnFailure: true,
  });
  ok(seen.hits > 0 && seen.givenUp > 0, JSON.stringify(seen));
});
