import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import * as laws from "../support/everything_laws.ts";
import { everythingParts } from "../support/everything_parts.ts";
import { partsAddUp, sameParts } from "../support/latency_laws.ts";
import { type EverythingCase, everythingCases } from "../support/random_everything.ts";

/** Cases of each seed; `deno task test:soak` sets more, and where they begin. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 200);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261201);

/** What may end a run, or keep it from beginning: what is asked for cannot be had. */
const REFUSAL =
  /^Cannot (make progress at|place an instance of|place the first instances as|share a pool as) .*(current value is|waits for function|as they began)/;

/** A run, or the line that it was refused with. Every other error is a fault. */
function attempt(test: EverythingCase, stepping: Stepping): RunRecord | string {
  try {
    return simulateCluster(everythingParts(test, stepping));
  } catch (error) {
    if (error instanceof RangeError && REFUSAL.test(error.message)) return error.message;
    throw error;
  }
}

function lawsHold(test: EverythingCase, run: RunRecord): void {
  laws.requestsAreConserved(run);
  if (test.cluster.stopAt === Infinity) laws.everybodyEnds(run);
  laws.outcomesAreAllowed(test, run);
  laws.timeLimitsHold(test, run);
  laws.faultsAreBounded(test, run);
  laws.instancesServeTheirOwn(test, run);
  laws.phasesFillLives(test, run);
  laws.capacityHolds(test, run);
  laws.poolsHold(test, run);
  laws.sleepsHold(test, run);
  laws.waitsAddUp(run);
  partsAddUp(run);
  laws.seriesAreWhole(run);
  laws.summaryIsSound(test, run);
}

/**
 * Runs random cases of a seed, checks what they leave behind, and tells what became of them. Returns
 * how many requests each limit on their time has ended.
 */
function fuzz(seed: number): Readonly<Record<string, number>> {
  const seen = { ran: 0, compared: 0, refused: 0, stuck: 0 };
  const limited = { execution_limit: 0, drain_limit: 0, client_deadline: 0 };
  const check = (test: EverythingCase) => {
    const run = attempt(test, "leap");
    if (typeof run === "string") {
      if (run.startsWith("Cannot make progress")) seen.stuck++;
      else seen.refused++;
      if (test.isCompared) equal(attempt(test, "step"), run, "both modes end with the same line");
      return;
    }
    seen.ran++;
    lawsHold(test, run);
    for (const code of run.columns.outcome) {
      const { [code]: outcome } = OUTCOMES;
      if (outcome in limited) limited[outcome as keyof typeof limited]++;
    }
    if (!test.isCompared) return;
    seen.compared++;
    const step = attempt(test, "step");
    ok(typeof step !== "string", `single steps are refused: ${step}`);
    laws.sameRuns(run, step);
    sameParts(run, step);
  };
  fc.assert(fc.property(everythingCases, check), { seed, numRuns: CASES });
  console.log(`${CASES} cases of seed ${seed}: ${JSON.stringify({ ...seen, ...limited })}`);
  ok(seen.compared > CASES / 10 && seen.stuck > 0 && seen.refused > 0, JSON.stringify(seen));
  return limited;
}

/** A seed that changes from day to day and is the same for one revision: the date of its commit. */
function seedOfCommit(): number {
  try {
    const git = new Deno.Command("git", { args: ["log", "-1", "--format=%cs"] }).outputSync();
    const date = new TextDecoder().decode(git.stdout).trim().replaceAll("-", "");
    if (git.success && /^\d{8}$/.test(date)) return Number(date);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return SEED + 1;
}

Deno.test("everything at once: laws hold, or the run ends with one line that says why", () => {
  const limited = fuzz(SEED);
  ok(Object.values(limited).every((count) => count > 0), JSON.stringify(limited));
});

Deno.test("everything at once, on cases that nobody has seen before", () => {
  const seed = Deno.env.has("SIMFAAS_SOAK_SEED") ? SEED + 1 : seedOfCommit();
  console.log(`seed of the commit: ${seed}`);
  fuzz(seed);
});

Deno.test("a sleep of no time is none, and so is a pool that never has members", () => {
  const none = { level: 0, ttl: 0 } as const;
  const noTime = { level: 1, ttl: 0 } as const;
  const withSleep = (test: EverythingCase, sleep: typeof none | typeof noTime): EverythingCase => ({
    ...test,
    functions: test.functions.map((fn) => ({ ...fn, sleep })),
  });
  const same = (test: EverythingCase) => {
    const one = attempt({ ...withSleep(test, none), pools: [] }, "leap");
    const pools = test.pools.map((pool) => ({ ...pool, size: 0 }));
    const other = attempt({ ...withSleep(test, noTime), pools, poolIsShared: false }, "leap");
    if (typeof one === "string" || typeof other === "string") {
      // Looks at a pool count as looks at its functions, so that the instant may differ.
      const withoutInstant = (line: RunRecord | string) => String(line).replace(/at [\d.]+ s:/, "");
      return equal(withoutInstant(other), withoutInstant(one));
    }
    deepEqual(other.columns, one.columns);
    deepEqual(other.lives, one.lives);
    deepEqual(other.timeSeries, one.timeSeries);
  };
  fc.assert(fc.property(everythingCases, same), { seed: SEED + 2, numRuns: Math.min(CASES, 100) });
});
