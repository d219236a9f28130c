import { equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import { type NaiveCluster, naiveClusters, realParts } from "../support/naive_cases.ts";
import { LATENCY_PART_NAMES } from "../../lib/metrics/latency_parts.ts";
import { partsAddUp, partsOf } from "../support/latency_laws.ts";
import { type NaiveRun, simulateNaively } from "../support/naive_simulator.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 1000);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261201);
/** Bound on the relative difference of an instant, and of a figure made of instants. */
const TOLERANCE = 1e-9;

function near(found: number, expected: number, what: string): void {
  if (Number.isNaN(found) && Number.isNaN(expected)) return;
  const scale = Math.max(1, Math.abs(expected));
  ok(Math.abs(found - expected) <= TOLERANCE * scale, `${what}: ${found}, naively ${expected}`);
}

function sameRequests({ columns }: RunRecord, { requests }: NaiveRun): void {
  for (const request of requests) {
    const { id, tokens, limit } = request;
    const name = `of request ${id}`;
    equal(OUTCOMES[columns.outcome[id]], request.outcome, `outcome ${name}`);
    equal(columns.instanceId[id], request.instance, `instance ${name}`);
    equal(columns.preemptions[id], request.preemptions, `preemptions ${name}`);
    near(columns.scheduledAtSeconds[id], request.scheduled, `first step ${name}`);
    near(columns.firstTokenAtSeconds[id], tokens[0] ?? NaN, `first token ${name}`);
    near(columns.coldStartWaitSeconds[id], request.coldWait, `cold-start wait ${name}`);
    const isCompleted = request.outcome === "completed";
    near(
      columns.completedAtSeconds[id],
      isCompleted ? tokens[tokens.length - 1] : NaN,
      `last token ${name}`,
    );
    const gaps = tokens.slice(1).map((at, i) => at - tokens[i]);
    near(
      columns.maxTbtSeconds[id],
      isCompleted && limit > 1 ? Math.max(...gaps) : NaN,
      `longest gap ${name}`,
    );
  }
}

/** Bound on the difference of a part: a stall is off by half the clock's tick per step. */
const PART_TOLERANCE = 1e-8;

/** The parts of the latencies; counts in `seen` the requests that have each. */
function sameLatencyParts(
  run: RunRecord,
  { requests }: NaiveRun,
  seen: Map<string, number>,
): void {
  for (const [part, seconds] of Object.entries(partsOf(run))) {
    for (const { id, latency } of requests) {
      const { [id]: found } = seconds;
      if (Number.isNaN(found)) continue;
      const expected = latency.parts.get(part) ?? 0;
      ok(
        Math.abs(found - expected) <= PART_TOLERANCE,
        `${part} of request ${id}: ${found}, naively ${expected}`,
      );
      if (expected > PART_TOLERANCE) seen.set(part, (seen.get(part) ?? 0) + 1);
    }
  }
}

function sameLives({ lives, totals, peakBlocks }: RunRecord, { instances, now }: NaiveRun): void {
  equal(lives.length, instances.length, "instances");
  for (const life of lives) {
    const one = instances[life.instanceId];
    near(life.createdAtSeconds, one.created, `creation of ${one.id}`);
    near(life.readyAtSeconds, one.ready, `readiness of ${one.id}`);
    near(life.drainingAtSeconds, one.draining, `decision to stop ${one.id}`);
    near(life.stoppedAtSeconds, one.stopped, `stop of ${one.id}`);
    const busy = one.steps.map(({ from, to }) => Math.min(to, now) - from);
    near(totals.at(one.id).busySeconds, busy.reduce((a, b) => a + b, 0), `busy time of ${one.id}`);
  }
  equal(peakBlocks, Math.max(0, ...instances.map((one) => one.peakBlocks)), "peak of blocks");
}

/** Signals that are numbers. */
type NumberSignal = Exclude<keyof ScalingSignals, "instances">;

function sameSignals(found: readonly ScalingSignals[], { signals }: NaiveRun): void {
  equal(found.length, signals.length, "evaluations");
  signals.forEach((expected, i) => {
    for (const [name, value] of Object.entries(expected)) {
      near(found[i][name as NumberSignal]!, value, `${name} at ${expected.nowSeconds} s`);
    }
  });
}

/** What a run comes to: its result, or that it could not go on. */
function attempt<T>(run: () => T, message: RegExp): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && message.test(error.message)) return undefined;
    throw error;
  }
}

Deno.test("the simulator does what a naive one does, one token at a time", () => {
  const seen = {
    completed: 0,
    "timed out": 0,
    "execution limit": 0,
    "drain limit": 0,
    "client deadline": 0,
    preemptions: 0,
    instances: 0,
    refused: 0,
  };
  const parts = new Map<string, number>();
  const compare = (cluster: NaiveCluster) => {
    const signals: ScalingSignals[] = [];
    const naive = attempt(() => simulateNaively(cluster), /for ever$/);
    const real = attempt(
      () => simulateCluster(realParts(cluster, (one) => signals.push(one))),
      /^Cannot make progress/,
    );
    equal(real === undefined, naive === undefined, "only one of the two cannot make progress");
    if (real === undefined || naive === undefined) return void seen.refused++;
    sameSignals(signals, naive);
    sameRequests(real, naive);
    partsAddUp(real);
    sameLatencyParts(real, naive, parts);
    sameLives(real, naive);
    near(real.endAtSeconds, naive.now, "end");
    for (const { outcome, preemptions } of naive.requests) {
      seen.completed += Number(outcome === "completed");
      seen["timed out"] += Number(outcome === "timed_out");
      seen["execution limit"] += Number(outcome === "execution_limit");
      seen["drain limit"] += Number(outcome === "drain_limit");
      seen["client deadline"] += Number(outcome === "client_deadline");
      seen.preemptions += preemptions;
    }
    seen.instances += naive.instances.length;
  };
  fc.assert(fc.property(naiveClusters, compare), { numRuns: CASES, seed: SEED });
  console.log(`${CASES} cases of seed ${SEED}: ${JSON.stringify(seen)}`);
  for (const [name, count] of Object.entries(seen)) ok(count > 0, `no ${name}`);
  // Neither static batches nor swapping are naive, and nothing is behind a prefix cache.
  const others = LATENCY_PART_NAMES.filter((part) => !/batch|transfer|kv_load/.test(part));
  for (const part of others) ok((parts.get(part) ?? 0) > 0, `no ${part}`);
});
