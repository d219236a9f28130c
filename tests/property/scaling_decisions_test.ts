import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { servedUntilSeconds } from "../../lib/serverless/life_phases.ts";
import type { InstanceLife } from "../../lib/serverless/lifecycle.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { signalsOf } from "../conformance/scaling_laws.ts";
import {
  evaluations,
  type Happening,
  type ScaledCase,
  scaledCases,
  scaledParts,
} from "../support/scaled_fleet.ts";

/** Runs in which nothing but decisions changes how many instances there are. */
interface Decided {
  readonly run: RunRecord;
  readonly log: readonly Happening[];
  readonly actuationDelay: number;
}

function runDecided(test: ScaledCase, delay = test.actuationDelay): Decided {
  const log: Happening[] = [];
  const fleet: ScaledCase["fleet"] = {
    ...test.fleet,
    machines: [],
    minInstances: 0,
    keepAlive: Infinity,
    prewarmAfter: 0,
    mtbf: Infinity,
    startFailure: 0,
  };
  const parts = scaledParts({ ...test, fleet, actuationDelay: delay }, "leap", log);
  const decided: ClusterParts = {
    ...parts,
    functions: parts.functions.map((fn) => ({
      ...fn,
      scaling: { ...fn.scaling, activation: "none" },
    })),
  };
  return { run: simulateCluster(decided), log, actuationDelay: delay };
}

function holds(name: string, law: (test: ScaledCase) => void): void {
  Deno.test(name, () => {
    fc.assert(fc.property(scaledCases, law), { numRuns: 300, seed: 20261102 });
  });
}

/** Instant at which an instance is told to stop, or goes to sleep, seconds. */
function leavesAt(life: InstanceLife): number {
  return Number.isNaN(life.drainingAtSeconds) ? servedUntilSeconds(life) : life.drainingAtSeconds;
}

/** What was decided last of a function before the effects at each instant, while the run lasts. */
function effectsOf({ run, log, actuationDelay }: Decided, functionId: number): Map<number, number> {
  const effects = evaluations(log).filter((one) => one.functionId === functionId).map((
    { signals, desired },
  ) => [signals.nowSeconds + actuationDelay, desired] as const);
  return new Map(effects.filter(([at]) => at < run.endAtSeconds));
}

holds("each decision has its effect once, after its delay, the last one of an instant", (test) => {
  const decided = runDecided(test);
  const { endAtSeconds } = decided.run;
  for (let functionId = 0; functionId < test.fleet.functions; functionId++) {
    const lives = decided.run.lives.filter((life) => life.functionId === functionId);
    const effects = effectsOf(decided, functionId);
    for (const [at, desired] of effects) {
      const there = lives.filter((life) => life.createdAtSeconds <= at && leavesAt(life) > at);
      equal(there.length, desired, `instances at ${at} s`);
    }
    // Nothing changes at any other time.
    for (const life of lives) {
      ok(effects.has(life.createdAtSeconds) || life.createdAtSeconds === endAtSeconds);
      ok(effects.has(leavesAt(life)) || leavesAt(life) === endAtSeconds);
    }
  }
});

holds(
  "fewer instances: starting ones go first, the youngest first, then those with least",
  (test) => {
    // Without a delay, what was told before an evaluation is what its effect finds.
    const { run, log } = runDecided(test, 0);
    const { columns, endAtSeconds } = run;
    log.forEach((one, place) => {
      if (one.kind !== "evaluation") return;
      const now = one.signals.nowSeconds;
      if (now >= endAtSeconds) return;
      const there = run.lives.filter((life) =>
        life.functionId === one.functionId && life.createdAtSeconds < now && leavesAt(life) >= now
      );
      const starting = there.filter(({ readyAtSeconds }) => !(readyAtSeconds <= now));
      const ready = there.filter(({ readyAtSeconds }) => readyAtSeconds <= now);
      const goes = (life: InstanceLife) => leavesAt(life) === now;
      const outstanding = ({ instanceId }: InstanceLife) =>
        log.slice(0, place).filter((other) =>
          other.kind === "route" && other.instanceId === instanceId &&
          columns.completedAtSeconds[other.request] > now
        ).length;
      const stays = starting.filter((life) => !goes(life));
      for (const life of starting.filter(goes)) {
        ok(stays.every(({ instanceId }) => instanceId < life.instanceId));
      }
      const gone = ready.filter(goes);
      if (gone.length > 0) equal(stays.length, 0);
      for (const life of gone) {
        for (const other of ready) {
          if (goes(other)) continue;
          const [own, others] = [outstanding(life), outstanding(other)];
          ok(own < others || (own === others && life.instanceId > other.instanceId));
        }
      }
    });
  },
);

/** What a decider is shown, tick by tick; the policy's wish is the number in flight. */
const ticks = fc.array(
  fc.record({
    gap: fc.constantFrom(0.5, 1, 1, 3),
    wish: fc.integer({ min: 0, max: 9 }),
    instances: fc.integer({ min: 0, max: 9 }),
    starting: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 40 },
);
const limitsOf = fc.record({
  minInstances: fc.integer({ min: 0, max: 3 }),
  maxInstances: fc.constantFrom(3, 5, Infinity),
  maxStepUp: fc.constantFrom(1, 2, Infinity),
  maxStepDown: fc.constantFrom(1, 3, Infinity),
  upCooldownSeconds: fc.constantFrom(0, 2, 4.5),
  downCooldownSeconds: fc.constantFrom(0, 3, 6),
  scrapeDelaySeconds: fc.constantFrom(0, 0, 1, 2.5),
  actuationDelaySeconds: fc.constantFrom(0, 0, 1, 3.5),
});

Deno.test("ScalingDecider decides what its rules say of all it has seen and decided", () => {
  fc.assert(
    fc.property(ticks, limitsOf, (list, limits) => {
      const asked: number[] = [];
      const decider = new ScalingDecider({
        periodSeconds: 1,
        desired: ({ inFlight, nowSeconds, ready, starting }) => {
          asked.push(nowSeconds, ready, starting);
          return inFlight - 0.5;
        },
      }, limits);
      const seen: { at: number; wish: number }[] = [];
      const changes: { at: number; to: number }[] = [];
      let now = 0;
      for (const { gap, wish, instances, starting } of list) {
        now += gap;
        seen.push({ at: now, wish });
        const ready = Math.max(0, instances - starting);
        const last = changes.at(-1);
        const since = last === undefined ? Infinity : now - last.at;
        // A decision that has had no effect yet counts as done.
        const current = since <= limits.actuationDelaySeconds
          ? last!.to
          : ready + Math.min(instances, starting);
        const known = seen.filter(({ at }) => at <= now - limits.scrapeDelaySeconds).at(-1);
        let expected = current;
        if (known !== undefined) {
          // The policy's 8.5 instances are 9.
          const up = Math.min(limits.maxStepUp, known.wish - current);
          const change = Math.max(-limits.maxStepDown, up);
          const cooldown = change > 0 ? limits.upCooldownSeconds : limits.downCooldownSeconds;
          if (since >= cooldown) expected += change;
        }
        if (expected < limits.minInstances) expected = limits.minInstances;
        if (expected > limits.maxInstances) expected = limits.maxInstances;
        asked.length = 0;
        const decided = decider.decide(signalsOf({
          nowSeconds: now,
          inFlight: wish,
          ready,
          starting: Math.min(instances, starting),
        }));
        equal(decided, expected, `at ${now} s`);
        const told = known === undefined ? [] : [now, ready, Math.min(instances, starting)];
        deepEqual(asked, told, "the policy is asked with today's instances");
        if (expected !== current) changes.push({ at: now, to: expected });
      }
    }),
    { numRuns: 500, seed: 20261103 },
  );
});
