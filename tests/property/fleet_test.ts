import { deepEqual, equal, ok } from "@std/assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { coldStartWaits } from "../../lib/metrics/cold_start_waits.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import {
  asleepSeconds,
  lifePhases,
  type PhaseSpan,
  poolMemberPhases,
  servedUntilSeconds,
} from "../../lib/serverless/life_phases.ts";
import {
  type FleetCase,
  fleetCases,
  fleetGpus,
  fleetMachines,
  fleetParts,
  START_SECONDS,
} from "../support/random_fleet.ts";

function holds(name: string, law: (test: FleetCase) => void): void {
  Deno.test(name, () => {
    fc.assert(fc.property(fleetCases, law), { numRuns: 300, seed: 20261001 });
  });
}

const run = (test: FleetCase) => simulateCluster(fleetParts(test, "leap"));

const near = (a: number, b: number) =>
  Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** Whether two trees of data are the same, numbers as above. */
function sameNumbers(name: string, a: unknown, b: unknown): void {
  if (typeof a === "number") return ok(near(a, b as number), `${name}: ${a}, ${b}`);
  if (typeof a !== "object" || a === null) return equal(a, b, name);
  equal(Object.keys(a).length, Object.keys(b as object).length, name);
  for (const [key, value] of Object.entries(a)) {
    sameNumbers(`${name}.${key}`, value, (b as Record<string, unknown>)[key]);
  }
}

function same(name: string, a: ArrayLike<number>, b: ArrayLike<number>): void {
  equal(a.length, b.length, name);
  for (let i = 0; i < a.length; i++) ok(near(a[i], b[i]), `${name}[${i}]: ${a[i]}, ${b[i]}`);
}

holds("leap = step on fleets with faults, pre-warming, sleep, pools, few machines", (test) => {
  const leap = simulateCluster(fleetParts(test, "leap"));
  const step = simulateCluster(fleetParts(test, "step"));
  for (const [name, column] of Object.entries(leap.columns)) {
    if (typeof column === "number") continue;
    same(name, column, step.columns[name as "outcome"]);
  }
  for (const life of leap.lives) {
    const other = step.lives[life.instanceId];
    for (const [name, value] of Object.entries(life)) {
      ok(near(value, other[name as "stoppedAtSeconds"]), `${name} of ${life.instanceId}`);
    }
  }
  leap.totals.forEach((totals, id) => {
    for (const [name, value] of Object.entries(totals)) {
      ok(near(value, step.totals[id][name as "flops"]), `${name} of ${id}`);
    }
  });
  deepEqual(leap.faults, step.faults);
  sameNumbers("sleep", leap.sleep, step.sleep);
  sameNumbers("pools", leap.pools, step.pools);
  equal(leap.gaps.count, step.gaps.count);
});

holds("every request ends; only faults make requests fail", (test) => {
  const run = simulateCluster(fleetParts(test, "leap"));
  const { columns, faults } = run;
  const count = (code: number) => columns.outcome.filter((outcome) => outcome === code).length;
  equal(count(OUTCOME_CODE.unfinished), 0);
  equal(count(OUTCOME_CODE.failed), faults!.requestsFailed);
  const { action, limit } = test.cluster.noCapacity;
  const isHeld = action === "queue" && limit === Infinity;
  if (test.mtbf === Infinity || (isHeld && test.inFlight !== "fail")) {
    equal(faults!.requestsFailed, 0);
  }
  ok(faults!.requestsHit >= faults!.requestsFailed);
  for (let i = 0; i < columns.count; i++) {
    if (columns.outcome[i] !== OUTCOME_CODE.completed) continue;
    const first = columns.firstTokenAtSeconds[i];
    ok(columns.arrivalAtSeconds[i] <= columns.scheduledAtSeconds[i]);
    ok(columns.scheduledAtSeconds[i] < first && first <= columns.completedAtSeconds[i]);
    const life = run.lives[columns.instanceId[i]];
    ok(life.readyAtSeconds <= columns.completedAtSeconds[i]);
    ok(columns.completedAtSeconds[i] <= life.stoppedAtSeconds);
  }
});

holds("the parts of each wait for a start add up to it, whatever faults did", (test) => {
  const run = simulateCluster(fleetParts(test, "leap"));
  const { count, request, instanceId, stage, stageNames, waitSeconds } = coldStartWaits(run);
  const { arrivalAtSeconds, coldStartWaitSeconds } = run.columns;
  const sums = new Float64Array(run.columns.count);
  for (let row = 0; row < count; row++) {
    const i = request[row];
    sums[i] += waitSeconds[row];
    ok(waitSeconds[row] > 0 && (row === 0 || request[row - 1] <= i));
    const life = run.lives[instanceId[row]];
    equal(life.functionId, run.columns.functionId[i]);
    ok(near(life.readyAtSeconds, arrivalAtSeconds[i] + coldStartWaitSeconds[i]));
    if (stageNames[stage[row]] === "before_start") {
      ok(near(waitSeconds[row], life.createdAtSeconds - arrivalAtSeconds[i]));
    }
  }
  same("wait", sums, coldStartWaitSeconds);
});

holds("each GPU has one instance at a time, and no function more than its most", (test) => {
  const run = simulateCluster(fleetParts(test, "leap"));
  const machines = fleetMachines(test);
  const gpus = machines.length === 0 ? Infinity : machines.reduce((sum, count) => sum + count, 0);
  ok(peak(run, () => true, false, (id) => fleetGpus(test, id)) <= gpus);
  for (let functionId = 0; functionId < test.functions; functionId++) {
    // Draining instances are beyond the bound.
    ok(peak(run, (id) => id === functionId, true) <= 3);
  }
});

holds("availability and lost work are within their bounds", (test) => {
  const { faults } = simulateCluster(fleetParts(test, "leap"));
  const { availability, lostTokens, recoverySeconds, failures, preemptions } = faults!;
  if (test.machines.length === 0) ok(Number.isNaN(availability));
  else ok(!(availability > 1) && !(availability < 0));
  if (test.mtbf === Infinity) equal(failures + preemptions + lostTokens, 0);
  ok(test.notice > 0 ? failures === 0 : preemptions === 0);
  ok(Number.isNaN(recoverySeconds) || recoverySeconds >= 0);
});

holds("the phases of lives follow one another and fill them", (test) => {
  const { lives, pools = [] } = run(test);
  const fills = (spans: readonly PhaseSpan[], from: number, to: number) => {
    let at = from;
    for (const { startAtSeconds, endAtSeconds } of spans) {
      equal(startAtSeconds, at);
      ok(endAtSeconds > at);
      at = endAtSeconds;
    }
    equal(at, to);
  };
  for (const life of lives) fills(lifePhases(life), life.createdAtSeconds, life.stoppedAtSeconds);
  for (const member of pools.flatMap(({ members }) => members)) {
    fills(poolMemberPhases(member), member.createdAtSeconds, member.endAtSeconds);
  }
});

holds(
  "a pool never exceeds its size; each member is one instance's, ready when it takes it",
  (test) => {
    const { lives, pools = [] } = run(test);
    for (const { members, hits, demands } of pools) {
      const changes = members.flatMap(({ createdAtSeconds, endAtSeconds }) => [
        [createdAtSeconds, 1],
        [endAtSeconds, -1],
      ]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      let now = 0;
      for (const [, change] of changes) ok((now += change) <= test.pool);
      const taken = members.filter(({ instanceId }) => instanceId >= 0);
      equal(taken.length, hits);
      ok(hits <= demands);
      equal(new Set(taken.map(({ instanceId }) => instanceId)).size, hits);
      for (const { instanceId, readyAtSeconds, endAtSeconds } of taken) {
        const life = lives[instanceId];
        equal(life.madeOf, "pool-member");
        equal(life.createdAtSeconds, endAtSeconds);
        ok(readyAtSeconds <= endAtSeconds);
      }
    }
  },
);

holds("every sleep ends one way, and sleeping instances fit into memory", (test) => {
  const { lives, sleep, endAtSeconds } = run(test);
  const sleeps = lives.filter((life) => life.asleepAtSeconds !== undefined);
  equal(sleeps.length, sleep?.sleeps ?? 0);
  if (sleep === undefined) return;
  equal(lives.filter(({ madeOf }) => madeOf === "sleeper").length, sleep.wakes);
  ok(sleep.wakes + sleep.expired + sleep.evicted <= sleep.sleeps);
  const seconds = sleeps.reduce((sum, life) => sum + asleepSeconds(life), 0);
  if (test.sleep.level === 1) ok(near(seconds, sleep.byteSeconds));
  for (const life of sleeps) {
    ok(asleepSeconds(life) <= test.sleep.ttl + 1e-9 && life.stoppedAtSeconds <= endAtSeconds);
  }
  const machines = fleetMachines(test).length;
  if (machines > 0 && test.sleep.level === 1) {
    ok(seconds <= machines * test.memory * endAtSeconds);
  }
});

holds("a start from something warm is shorter than one from nothing", (test) => {
  for (const { madeOf, createdAtSeconds, readyAtSeconds } of run(test).lives) {
    if (!(readyAtSeconds > createdAtSeconds)) continue;
    const key = madeOf === undefined
      ? "all"
      : madeOf === "pool-member"
      ? "rest"
      : test.sleep.level === 1
      ? "wake"
      : "reload";
    ok(near(readyAtSeconds - createdAtSeconds, START_SECONDS[key]));
  }
});

holds("a sleep of no time is none, and so is a pool without members", (test) => {
  const none = run({ ...test, sleep: { level: 0, ttl: 0 }, pool: 0 });
  const noTime = run({ ...test, sleep: { level: 1, ttl: 0 }, pool: 0 });
  deepEqual({ ...noTime, sleep: undefined, gaps: 0, warmupGaps: 0 }, {
    ...none,
    sleep: undefined,
    gaps: 0,
    warmupGaps: 0,
  });
});

/** Most instances at once of the functions that match, each counted as often as `weight` says. */
function peak(
  run: RunRecord,
  matches: (id: number) => boolean,
  untilDraining = false,
  weight: (id: number) => number = () => 1,
): number {
  const instances = run.lives.filter(({ functionId }) => matches(functionId)).flatMap((life) => {
    const { createdAtSeconds, drainingAtSeconds, functionId } = life;
    const served = servedUntilSeconds(life);
    const end = untilDraining && drainingAtSeconds < served ? drainingAtSeconds : served;
    return [[createdAtSeconds, weight(functionId)], [end, -weight(functionId)]];
  });
  const pooled = untilDraining ? [] : (run.pools ?? []).filter(({ holdsGpus }) => holdsGpus)
    .flatMap(({ members }) => members)
    .flatMap((member) => [[member.createdAtSeconds, 1], [member.endAtSeconds, -1]]);
  const changes = [...instances, ...pooled].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0, most = 0;
  for (const [, change] of changes) most = Math.max(most, now += change);
  return most;
}
