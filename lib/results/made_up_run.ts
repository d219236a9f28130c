import type { RunResult } from "../metrics/run_tables.ts";
import { madeUpBill, madeUpSummary } from "./made_up_summary.ts";

/**
 * A run that never took place, for tests of what is made from runs: about every 100th request is
 * rejected, every 50th has one output token, instances start, serve and stop.
 *
 * @param count Requests, 0 or more.
 */
export function madeUpRun(count: number): RunResult {
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const requests = madeUpRequests(count, next);
  const rejected = requests.outcome.filter((code) => code === 2).length;
  return {
    requests,
    functionNames: ["llama-3.1-8b", 'say "hi", twice'],
    timeSeries: madeUpSeries(120, next),
    instances: madeUpPhases(6),
    coldStartWaits: madeUpWaits(requests),
    tbtCdf: {
      seconds: Float64Array.from({ length: 300 }, (_, i) => 0.005 * 1.015 ** i),
      share: Float64Array.from({ length: 300 }, (_, i) => 1 - (1 - (i + 1) / 300) ** 3),
    },
    engine: { stepping: "leap", stepsLeapt: 10 * count, stepsSingle: count, notices: ["made up"] },
    summary: madeUpSummary({
      requests: {
        arrived: count,
        completed: requests.outcome.filter((code) => code === 1).length,
        rejected,
        timed_out: 0,
        failed: 0,
        unfinished: 0,
        reasons: { rejected_length: rejected },
      },
      preemptions: requests.preemptions.reduce((sum, n) => sum + n, 0),
      cost: madeUpBill({ per_request_usd: 3.2 / Math.max(1, count) }),
    }),
  };
}

function madeUpRequests(count: number, next: () => number): RunResult["requests"] {
  const floats = () => new Float64Array(count);
  const requests = {
    count,
    arrivalAtSeconds: floats(),
    promptTokens: new Int32Array(count),
    outputTokens: new Int32Array(count),
    functionId: new Uint16Array(count),
    classId: new Uint8Array(count),
    instanceId: new Int32Array(count).fill(-1),
    scheduledAtSeconds: floats().fill(NaN),
    firstTokenAtSeconds: floats().fill(NaN),
    completedAtSeconds: floats().fill(NaN),
    maxTbtSeconds: floats().fill(NaN),
    coldStartWaitSeconds: floats(),
    preemptions: new Uint16Array(count),
    cachedTokens: new Int32Array(count),
    outcome: new Uint8Array(count),
  };
  let now = 0;
  for (let i = 0; i < count; i++) {
    now -= Math.log(next()) / 10;
    requests.arrivalAtSeconds[i] = now;
    requests.promptTokens[i] = 1 + Math.floor(next() * 4000);
    requests.outputTokens[i] = next() < 0.02 ? 1 : 2 + Math.floor(next() * 400);
    requests.functionId[i] = next() < 0.3 ? 1 : 0;
    if (next() < 0.01) {
      requests.outcome[i] = 2;
      continue;
    }
    const output = requests.outputTokens[i];
    const wait = next() < 0.1 ? 20 * next() : 0.02 * next();
    const stepSeconds = 0.008 + 0.01 * next();
    requests.instanceId[i] = Math.floor(next() * 6);
    requests.scheduledAtSeconds[i] = now + wait;
    requests.firstTokenAtSeconds[i] = now + wait + 0.03 + requests.promptTokens[i] * 4e-5;
    requests.completedAtSeconds[i] = requests.firstTokenAtSeconds[i] + (output - 1) * stepSeconds;
    if (output > 1) requests.maxTbtSeconds[i] = stepSeconds * (1 + 4 * next());
    requests.coldStartWaitSeconds[i] = wait > 0.02 ? wait : 0;
    requests.preemptions[i] = next() < 0.01 ? 1 : 0;
    requests.outcome[i] = 1;
  }
  return requests;
}

function madeUpSeries(count: number, next: () => number): RunResult["timeSeries"] {
  const shares = (top: number) => Float64Array.from({ length: count }, () => top * next());
  const counts = (top: number) =>
    Int32Array.from({ length: count }, () => Math.floor(top * next()));
  return {
    count,
    timeSeconds: Float64Array.from({ length: count }, (_, i) => 10 * (i + 1)),
    intervalSeconds: new Float64Array(count).fill(10),
    arrivals: counts(100),
    completions: counts(100),
    queued: Float64Array.from(counts(40)),
    running: Float64Array.from(counts(200)),
    starting: Float64Array.from(counts(2)),
    idle: Float64Array.from(counts(2)),
    busy: Float64Array.from(counts(6)),
    draining: Float64Array.from(counts(2)),
    kvUtilization: shares(0.8),
    mfu: shares(0.4),
    busyFraction: shares(1),
    promptTokensPerSecond: shares(20000),
    outputTokensPerSecond: shares(4000),
  };
}

/** Waits for starts of the requests that have one: a quarter in one stage, the rest in another. */
function madeUpWaits(
  { coldStartWaitSeconds, instanceId }: RunResult["requests"],
): RunResult["coldStartWaits"] {
  const waiting = Array.from(coldStartWaitSeconds.keys()).filter((i) =>
    coldStartWaitSeconds[i] > 0
  );
  const rows = waiting.flatMap((i) => {
    const container = coldStartWaitSeconds[i] / 4;
    return [[i, 0, container], [i, 1, coldStartWaitSeconds[i] - container]];
  });
  return {
    count: rows.length,
    request: Int32Array.from(rows, (row) => row[0]),
    instanceId: Int32Array.from(rows, (row) => instanceId[row[0]]),
    stage: Uint16Array.from(rows, (row) => row[1]),
    stageNames: ["container", "weights"],
    waitSeconds: Float64Array.from(rows, (row) => row[2]),
  };
}

/** Instances that start one after the other: stages of a start, then serving, then draining. */
function madeUpPhases(instances: number): RunResult["instances"] {
  const phaseNames = ["starting", "ready", "draining", "start:container", "start:weights"];
  const rows: [number, number, number, number][] = [];
  for (let i = 0; i < instances; i++) {
    const start = 100 * i;
    const ready = start + 25 + i;
    rows.push([i, 0, start, ready], [i, 3, start, start + 5], [i, 4, start + 5, ready]);
    rows.push([i, 1, ready, 900 + 40 * i], [i, 2, 900 + 40 * i, 903 + 40 * i]);
  }
  return {
    count: rows.length,
    instanceId: Int32Array.from(rows, (row) => row[0]),
    functionId: Uint16Array.from(rows, (row) => row[0] % 2),
    phase: Uint16Array.from(rows, (row) => row[1]),
    startAtSeconds: Float64Array.from(rows, (row) => row[2]),
    endAtSeconds: Float64Array.from(rows, (row) => row[3]),
    phaseNames,
  };
}
