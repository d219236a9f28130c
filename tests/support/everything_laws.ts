import { deepEqual, equal, ok } from "#assert";
import { coldStartWaits } from "../../lib/metrics/cold_start_waits.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import type { SummaryOptions } from "../../lib/metrics/summary_options.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import {
  asleepSeconds,
  lifePhases,
  type PhaseSpan,
  poolMemberPhases,
  servedUntilSeconds,
  upSeconds,
} from "../../lib/serverless/life_phases.ts";
import { mostOf, START_SECONDS } from "./everything_parts.ts";
import { countsEnergy, STATE_POWER, STEP_POWER } from "./random_cluster.ts";
import type { EverythingCase } from "./random_everything.ts";

/** Slack for instants that are sums of seconds in another order. */
const SLACK = 1e-9;

const near = (a: number, b: number) =>
  Object.is(a, b) || Math.abs(a - b) <= SLACK * Math.max(1, Math.abs(a), Math.abs(b));

/** Whether two trees of data are the same, numbers up to rounding. */
export function sameNumbers(name: string, a: unknown, b: unknown): void {
  if (typeof a === "number") return ok(near(a, b as number), `${name}: ${a}, ${b}`);
  if (typeof a !== "object" || a === null) return equal(a, b, name);
  deepEqual(Object.keys(a), Object.keys(b as object), name);
  for (const [key, value] of Object.entries(a)) {
    sameNumbers(`${name}.${key}`, value, (b as Record<string, unknown>)[key]);
  }
}

/** Requests that have arrived have ended one way, or the run has ended before them. */
export function requestsAreConserved({ columns, arrived, endAtSeconds }: RunRecord): void {
  const { count, arrivalAtSeconds, outcome } = columns;
  let ended = 0;
  for (let i = 0; i < count; i++) {
    if (outcome[i] === OUTCOME_CODE.unfinished) continue;
    ended++;
    ok(arrivalAtSeconds[i] <= endAtSeconds, `request ${i} ended before it arrived`);
  }
  ok(ended <= arrived && arrived <= count, `${ended} of ${arrived} of ${count}`);
}

/** A run without an end of its own ends every request. */
export function everybodyEnds({ columns, arrived }: RunRecord): void {
  equal(arrived, columns.count);
  equal(columns.outcome.includes(OUTCOME_CODE.unfinished), false, "a request has not ended");
}

/** How requests end is what the rules of their functions allow. */
export function outcomesAreAllowed(test: EverythingCase, { columns, faults }: RunRecord): void {
  let failed = 0;
  for (let i = 0; i < columns.count; i++) {
    const outcome = OUTCOMES[columns.outcome[i]];
    const { noCapacity, executionLimit, drain } = test.functions[columns.functionId[i]];
    const { action, limit, timeoutSeconds } = noCapacity;
    if (outcome === "rejected_no_instance") equal(action, "reject");
    if (outcome === "rejected_queue_full") ok(limit < Infinity);
    if (outcome === "rejected_closed") ok(test.functions.some(({ fewest }) => fewest === 0));
    if (outcome === "timed_out") ok(timeoutSeconds < Infinity);
    if (outcome === "failed") failed++;
    if (outcome === "execution_limit") ok(executionLimit < Infinity);
    if (outcome === "client_deadline") ok(test.patience < Infinity);
    if (outcome === "drain_limit") ok(drain !== undefined);
    if (outcome.startsWith("rejected")) ok(Number.isNaN(columns.scheduledAtSeconds[i]));
  }
  equal(failed, faults?.requestsFailed ?? 0);
  ok((faults?.requestsHit ?? 0) >= failed);
  const isAlwaysHeld = test.functions.every(({ noCapacity: { action, limit } }) =>
    action === "queue" && limit === Infinity
  );
  if (test.faults.length === 0 || (isAlwaysHeld && test.inFlight !== "fail")) equal(failed, 0);
}

/** Nobody has an answer, or a part of one, after the limits on the time of requests. */
export function timeLimitsHold(test: EverythingCase, run: RunRecord): void {
  const { columns, timeSeries, lives } = run;
  const { firstTokenAtSeconds: first, completedAtSeconds: last, arrivalAtSeconds } = columns;
  for (let i = 0; i < columns.count; i++) {
    const { executionLimit, drain } = test.functions[columns.functionId[i]];
    const deadline = arrivalAtSeconds[i] + test.patience;
    ok(!(first[i] > deadline) && !(last[i] > deadline), `request ${i} after its client has gone`);
    const outcome = OUTCOMES[columns.outcome[i]];
    if (outcome !== "completed") {
      ok(Number.isNaN(last[i]), `request ${i} is ${outcome} and complete`);
    }
    // Who moved from one instance to another began its last stay later than it was scheduled first.
    const mayMove = test.faults.length > 0 || drain?.inFlight === "resume";
    if (outcome === "completed" && !mayMove) {
      ok(last[i] - columns.scheduledAtSeconds[i] <= executionLimit + SLACK, `request ${i} ran on`);
    }
  }
  for (const life of lives) {
    const { limitSeconds } = test.functions[life.functionId].drain ?? { limitSeconds: Infinity };
    const seconds = servedUntilSeconds(life) - life.drainingAtSeconds;
    ok(!(seconds > limitSeconds + SLACK), "an instance drained on");
  }
  // A run that takes no time has no intervals.
  if (timeSeries.count === 0) return;
  const counted = (code: number) => columns.outcome.filter((one) => one === code).length;
  const sum = (values: Int32Array) => values.reduce((all, one) => all + one, 0);
  equal(sum(timeSeries.executionLimits), counted(OUTCOME_CODE.execution_limit));
  equal(sum(timeSeries.drainLimits), counted(OUTCOME_CODE.drain_limit));
  equal(sum(timeSeries.clientDeadlines), counted(OUTCOME_CODE.client_deadline));
}

/** What faults did is within its bounds. */
export function faultsAreBounded(test: EverythingCase, { faults }: RunRecord): void {
  if (faults === undefined) return;
  const { availability, lostTokens, recoverySeconds, failures, preemptions } = faults;
  if (test.machines.length === 0) ok(Number.isNaN(availability));
  else ok(!(availability > 1) && !(availability < 0), `availability ${availability}`);
  if (test.faults.length === 0) equal(failures + preemptions + lostTokens, 0);
  if (test.faults.every(({ notice }) => notice > 0)) equal(failures, 0);
  if (test.faults.every(({ notice }) => notice === 0)) equal(preemptions, 0);
  ok(Number.isNaN(recoverySeconds) || recoverySeconds >= 0);
}

/** Whoever completes was served by an instance of its function that was ready then. */
export function instancesServeTheirOwn(test: EverythingCase, { columns, lives }: RunRecord): void {
  for (let i = 0; i < columns.count; i++) {
    const { [i]: scheduled } = columns.scheduledAtSeconds;
    const { [i]: first } = columns.firstTokenAtSeconds;
    const { [i]: last } = columns.completedAtSeconds;
    if (!Number.isNaN(scheduled)) ok(columns.arrivalAtSeconds[i] <= scheduled);
    if (!Number.isNaN(first)) ok(scheduled < first, "a token takes time");
    if (columns.outcome[i] !== OUTCOME_CODE.completed) continue;
    ok(first <= last && !(columns.maxTbtSeconds[i] > last - first + SLACK));
    const life = lives[columns.instanceId[i]];
    equal(life.functionId, columns.functionId[i], `function of request ${i}`);
    ok(life.readyAtSeconds < last && last <= servedUntilSeconds(life), `request ${i}`);
    // A request that resumes elsewhere has begun on an instance before.
    const { drain } = test.functions[columns.functionId[i]];
    const mayMove = (test.faults.length > 0 && test.inFlight === "resume") ||
      drain?.inFlight === "resume";
    if (!mayMove) ok(scheduled >= life.readyAtSeconds, `request ${i} began too early`);
  }
}

/** The phases of lives follow one another and fill them. */
export function phasesFillLives(
  test: EverythingCase,
  { lives, pools = [], endAtSeconds }: RunRecord,
): void {
  const fills = (spans: readonly PhaseSpan[], from: number, to: number) => {
    let at = from;
    for (const span of spans) {
      equal(span.startAtSeconds, at);
      ok(span.endAtSeconds > at);
      at = span.endAtSeconds;
    }
    equal(at, to);
    ok(from >= 0 && to <= endAtSeconds);
  };
  for (const life of lives) {
    fills(lifePhases(life), life.createdAtSeconds, life.stoppedAtSeconds);
    const { madeOf, createdAtSeconds, readyAtSeconds } = life;
    if (!(readyAtSeconds > createdAtSeconds)) continue;
    const { level } = test.functions[life.functionId].sleep;
    const warm = madeOf === "pool-member" ? "rest" : level === 1 ? "wake" : "reload";
    const seconds = test.startFactor * START_SECONDS[madeOf === undefined ? "all" : warm];
    ok(near(readyAtSeconds - createdAtSeconds, seconds), `start of ${life.instanceId}`);
  }
  for (const member of pools.flatMap(({ members }) => members)) {
    fills(poolMemberPhases(member), member.createdAtSeconds, member.endAtSeconds);
  }
}

/** Most of what the changes add up to, each an instant and a change; at one instant what goes first. */
function peak(changes: readonly (readonly [number, number])[]): number {
  let now = 0, most = 0;
  for (const [, change] of changes.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    most = Math.max(most, now += change);
  }
  return most;
}

/** Each GPU has one instance or pool's member at a time, and no function more than its most. */
export function capacityHolds(test: EverythingCase, { lives, pools = [] }: RunRecord): void {
  const { machines, functions } = test;
  const held = lives.flatMap((life) => {
    const { gpus } = functions[life.functionId];
    return [[life.createdAtSeconds, gpus], [servedUntilSeconds(life), -gpus]] as const;
  });
  const pooled = pools.filter(({ holdsGpus }) => holdsGpus).flatMap((pool) => {
    const { gpus } = functions[pool.functions[0]];
    return pool.members.flatMap((member) =>
      [[member.createdAtSeconds, gpus], [member.endAtSeconds, -gpus]] as const
    );
  });
  const gpus = machines.reduce((sum, machine) => sum + machine.gpus, 0);
  if (machines.length > 0) ok(peak([...held, ...pooled]) <= gpus, "more GPUs than there are");
  functions.forEach((fn, id) => {
    const own = lives.filter(({ functionId }) => functionId === id).flatMap((life) => {
      // Draining instances are beyond the bound.
      const { createdAtSeconds, drainingAtSeconds } = life;
      const served = servedUntilSeconds(life);
      const end = drainingAtSeconds < served ? drainingAtSeconds : served;
      return [[createdAtSeconds, 1], [end, -1]] as const;
    });
    ok(peak(own) <= mostOf(fn), `${peak(own)} instances of f${id}`);
  });
}

/** A pool never exceeds its size; each member is one instance's, and ready when it is taken. */
export function poolsHold(test: EverythingCase, { lives, pools = [] }: RunRecord): void {
  pools.forEach(({ members, hits, demands }, i) => {
    const changes = members.flatMap(({ createdAtSeconds, endAtSeconds }) =>
      [[createdAtSeconds, 1], [endAtSeconds, -1]] as const
    );
    ok(peak(changes) <= test.pools[i].size);
    const taken = members.filter(({ instanceId }) => instanceId >= 0);
    equal(taken.length, hits);
    ok(hits <= demands);
    equal(new Set(taken.map(({ instanceId }) => instanceId)).size, hits);
    for (const { instanceId, readyAtSeconds, endAtSeconds } of taken) {
      equal(lives[instanceId].madeOf, "pool-member");
      equal(lives[instanceId].createdAtSeconds, endAtSeconds);
      ok(readyAtSeconds <= endAtSeconds);
    }
  });
}

/** Every sleep ends one way, and sleeping instances fit into memory. */
export function sleepsHold(test: EverythingCase, { lives, sleep, endAtSeconds }: RunRecord): void {
  const sleeps = lives.filter((life) => "asleepAtSeconds" in life);
  equal(sleeps.length, sleep?.sleeps ?? 0);
  if (sleep === undefined) return;
  equal(lives.filter(({ madeOf }) => madeOf === "sleeper").length, sleep.wakes);
  ok(sleep.wakes + sleep.expired + sleep.evicted <= sleep.sleeps);
  let byteSeconds = 0;
  for (const life of sleeps) {
    const { ttl, level } = test.functions[life.functionId].sleep;
    ok(asleepSeconds(life) <= ttl + SLACK);
    if (level === 1) byteSeconds += asleepSeconds(life);
  }
  ok(near(byteSeconds, sleep.byteSeconds), `${byteSeconds}, ${sleep.byteSeconds}`);
  const { machines, memory } = test;
  if (machines.length > 0) ok(byteSeconds <= machines.length * memory * endAtSeconds + SLACK);
}

/** The parts of each wait for a start add up to it. */
export function waitsAddUp(run: RunRecord): void {
  const { count, request, instanceId, stage, stageNames, waitSeconds } = coldStartWaits(run);
  const { coldStartWaitSeconds, arrivalAtSeconds, functionId } = run.columns;
  const sums = new Float64Array(run.columns.count);
  for (let row = 0; row < count; row++) {
    const i = request[row];
    sums[i] += waitSeconds[row];
    ok(waitSeconds[row] > 0 && (row === 0 || request[row - 1] <= i));
    const life = run.lives[instanceId[row]];
    equal(life.functionId, functionId[i]);
    ok(near(life.readyAtSeconds, arrivalAtSeconds[i] + coldStartWaitSeconds[i]));
    if (stageNames[stage[row]] === "before_start") {
      ok(near(waitSeconds[row], life.createdAtSeconds - arrivalAtSeconds[i]));
    }
  }
  sums.forEach((sum, i) => ok(near(sum, coldStartWaitSeconds[i]), `wait of request ${i}`));
}

/** Time series go up and are finite; what they count adds up. */
export function seriesAreWhole({ timeSeries, columns, arrived, endAtSeconds }: RunRecord): void {
  const { count, ...series } = timeSeries;
  for (const [name, values] of Object.entries(series)) {
    equal(values.length, count, name);
    // Power is not a number where nobody asks for energy.
    for (const value of values) {
      const isUnasked = Number.isNaN(value) && name.endsWith("Watts");
      ok(isUnasked || (value >= 0 && value < Infinity), `${name}: ${value}`);
    }
  }
  const { timeSeconds, arrivals, completions, kvUtilization, busyFraction } = series;
  for (let row = 1; row < count; row++) ok(timeSeconds[row] > timeSeconds[row - 1]);
  for (let row = 0; row < count; row++) {
    ok(kvUtilization[row] <= 1 && busyFraction[row] <= 1 + SLACK);
  }
  const sum = (values: Int32Array) => values.reduce((all, one) => all + one, 0);
  if (count === 0) return equal(endAtSeconds, 0, "a run that takes time has intervals");
  equal(timeSeconds[count - 1], endAtSeconds);
  equal(sum(arrivals), arrived);
  equal(
    sum(completions),
    columns.outcome.filter((code) => code === OUTCOME_CODE.completed).length,
  );
}

/** What a summary of a case is made with. */
export function summaryOptions(test: EverythingCase): SummaryOptions {
  return {
    functions: test.functions.map(({ gpus }) => ({
      gpus,
      power: STATE_POWER,
      peakFlops: 1e14,
      peakBytesPerSecond: 1e12,
      kvBlocks: 160,
      fixedMemoryShare: 0.3,
      kvMemoryShare: 0.6,
      billing: {
        usdPerGpuSecond: 3,
        startShare: 0.5,
        busyShare: 1,
        idleShare: 1,
        drainingShare: 0,
        granularitySeconds: test.horizon > 0 ? 0 : 1,
        minimumSeconds: test.warmup,
      },
    })),
    percentiles: [50, 99],
    warmupSeconds: test.warmup,
  };
}

/** The summary has no number that is none, costs nothing negative and counts what there was. */
export function summaryIsSound(test: EverythingCase, run: RunRecord): void {
  if (countsEnergy(test.cluster)) energyIsConserved(test, run);
  const summary = summarize(run, summaryOptions(test));
  const walk = (name: string, value: unknown): void => {
    if (typeof value === "number") ok(Number.isFinite(value), `${name} is ${value}`);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(`${name}.${key}`, inner);
    }
  };
  walk("summary", summary);
  for (const [name, usd] of Object.entries(summary.cost)) ok(usd === null || usd >= -1e-9, name);
  const { requests } = summary;
  equal(requests.arrived, run.arrived);
  const { completed, rejected, timed_out, failed, unfinished } = requests;
  const { execution_limit, drain_limit, client_deadline } = requests;
  const limited = execution_limit + drain_limit + client_deadline;
  equal(failed, run.faults?.requestsFailed ?? 0);
  equal(requests.arrived, completed + rejected + timed_out + failed + limited + unfinished);
}

/**
 * The time series and the summary have the same energy, and both have that of each state: idle and busy
 * time together are the time of instances.
 */
function energyIsConserved(test: EverythingCase, run: RunRecord): void {
  const terms = { pue: 1.25, carbon: { gramsPerKwh: [500], startHour: 0 } };
  const energy = summarize(run, { ...summaryOptions(test), energy: terms }).energy!;
  const joules = (kwh: number) => 3.6e6 * kwh;
  const { idleWatts, hostWatts, asleepWattsPerByte } = STATE_POWER;
  let held = 0, up = 0, busy = 0, step = 0;
  for (const life of run.lives) {
    const { busySeconds, stepJoules } = run.totals.at(life.instanceId);
    held += life.stoppedAtSeconds - life.createdAtSeconds - asleepSeconds(life);
    up += upSeconds(life);
    busy += busySeconds;
    step += stepJoules;
    ok(stepJoules >= STEP_POWER.idleWatts * busySeconds * (1 - 1e-6) - 1e-9, "below idle power");
    ok(stepJoules <= STEP_POWER.limitWatts * busySeconds * (1 + 1e-6) + 1e-6, "above the limit");
  }
  const { timeSeries: series } = run;
  const ofSeries = (column: Float64Array) =>
    column.reduce((sum, watts, row) => sum + watts * series.intervalSeconds[row], 0);
  const same = (name: string, a: number, b: number) =>
    ok(Math.abs(a - b) <= 1e-7 * (1 + Math.abs(a)), `${name}: ${a} J, ${b} J`);
  same("busy", ofSeries(series.stepWatts), step);
  same("idle", ofSeries(series.idleWatts), (up - busy) * idleWatts);
  same("starting", ofSeries(series.startWatts), (held - up) * idleWatts);
  same("hosts", ofSeries(series.hostWatts), held * hostWatts);
  same("busy in the summary", joules(energy.busy_kwh), step);
  same("idle in the summary", joules(energy.idle_kwh), (up - busy) * idleWatts);
  same("starting in the summary", joules(energy.starting_kwh), (held - up) * idleWatts);
  const { byteSeconds = 0 } = run.sleep ?? {};
  same("asleep", joules(energy.asleep_kwh), byteSeconds * asleepWattsPerByte);
  const parts = energy.busy_kwh + energy.idle_kwh + energy.starting_kwh + energy.pooled_kwh +
    energy.asleep_kwh + energy.free_kwh + energy.host_kwh + energy.building_kwh;
  same("parts", joules(energy.total_kwh), joules(parts));
  same("building", joules(energy.total_kwh), 1.25 * joules(parts - energy.building_kwh));
  same("carbon", energy.carbon_kg!, 0.5 * energy.total_kwh);
}

/** What both stepping modes have to agree on: bit by bit what the digest is made of. */
export function sameRuns(leap: RunRecord, step: RunRecord): void {
  deepEqual(leap.columns, step.columns);
  deepEqual(leap.lives, step.lives);
  equal(leap.peakBlocks, step.peakBlocks);
  equal(leap.gaps.count, step.gaps.count);
  equal(leap.warmupGaps.count, step.warmupGaps.count);
  equal(leap.stepsLeapt + leap.stepsSingle, step.stepsSingle);
  sameNumbers("faults", leap.faults, step.faults);
  sameNumbers("sleep", leap.sleep, step.sleep);
  sameNumbers("pools", leap.pools, step.pools);
  sameNumbers("totals", leap.totals.list(), step.totals.list());
  sameNumbers("kvTokens", leap.kvTokens, step.kvTokens);
  const { intervalSeconds } = leap.timeSeries;
  for (const name of ["queued", "running", "idle", "busy", "kvUtilization"] as const) {
    // A last interval may be as short as the clock resolves, and its mean a difference of rounded sums.
    const sums = ({ timeSeries }: RunRecord) =>
      Array.from(timeSeries[name], (mean, i) => mean * intervalSeconds[i]);
    sameNumbers(name, sums(leap), sums(step));
  }
}
