import { columnsOf, emptyColumns, storedColumns } from "../metrics/columns/column.ts";
import {
  COLD_START_WAIT_COLUMNS,
  INSTANCE_COLUMNS,
  type PhaseRow,
  type WaitRow,
} from "../metrics/columns/instance_columns.ts";
import { REQUEST_COLUMNS } from "../metrics/columns/request_columns.ts";
import { TIME_SERIES_COLUMNS } from "../metrics/columns/time_series_columns.ts";
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
    latencyParts: { count },
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
        execution_limit: 0,
        drain_limit: 0,
        client_deadline: 0,
        unfinished: 0,
        reasons: { rejected_length: rejected },
      },
      preemptions: requests.preemptions.reduce((sum, n) => sum + n, 0),
      cost: madeUpBill({ per_request_usd: 3.2 / Math.max(1, count) }),
    }),
  };
}

/** Columns of the requests that the made-up requests below have a story for. */
const TOLD: readonly string[] = [
  ...["functionId", "classId", "instanceId", "arrivalAtSeconds", "scheduledAtSeconds"],
  ...["firstTokenAtSeconds", "completedAtSeconds", "promptTokens", "outputTokens", "cachedTokens"],
  ...["maxTbtSeconds", "coldStartWaitSeconds", "preemptions", "outcome"],
];

function madeUpRequests(count: number, next: () => number): RunResult["requests"] {
  const columns = emptyColumns(REQUEST_COLUMNS, count);
  for (const [key, values] of Object.entries(columns)) {
    if (!TOLD.includes(key)) columns[key] = values.map((_, i) => i % 100);
  }
  const requests = { count, ...columns } as unknown as RunResult["requests"];
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

/** Most of a figure of the made-up time series, by its unit. */
const MOST: Readonly<Record<string, number>> = { share: 0.8, count: 40, "tokens/s": 20_000 };

function madeUpSeries(count: number, next: () => number): RunResult["timeSeries"] {
  const columns = emptyColumns(TIME_SERIES_COLUMNS, count);
  for (const [key, { unit }] of storedColumns(TIME_SERIES_COLUMNS)) {
    // It counts no energy.
    if (unit === "W") continue;
    const most = MOST[unit] ?? 1;
    columns[key] = columns[key].map(() =>
      unit === "count" ? Math.floor(most * next()) : most * next()
    );
  }
  return {
    count,
    ...columns,
    timeSeconds: Float64Array.from({ length: count }, (_, i) => 10 * (i + 1)),
    intervalSeconds: new Float64Array(count).fill(10),
  } as unknown as RunResult["timeSeries"];
}

/** Waits for starts of the requests that have one: a quarter in one stage, the rest in another. */
function madeUpWaits(
  { coldStartWaitSeconds, instanceId }: RunResult["requests"],
): RunResult["coldStartWaits"] {
  const waiting = Array.from(coldStartWaitSeconds.keys()).filter((i) =>
    coldStartWaitSeconds[i] > 0
  );
  const rows = waiting.flatMap((i): WaitRow[] => {
    const container = coldStartWaitSeconds[i] / 4;
    const one = { request: i, instanceId: instanceId[i] };
    return [
      { ...one, stage: 0, seconds: container },
      { ...one, stage: 1, seconds: coldStartWaitSeconds[i] - container },
    ];
  });
  return {
    count: rows.length,
    ...columnsOf(COLD_START_WAIT_COLUMNS, rows),
    stageNames: ["container", "weights"],
  } as unknown as RunResult["coldStartWaits"];
}

/** Instances that start one after the other: stages of a start, then serving, then draining. */
function madeUpPhases(instances: number): RunResult["instances"] {
  const phaseNames = ["starting", "ready", "draining", "start:container", "start:weights"];
  const rows: PhaseRow[] = [];
  for (let i = 0; i < instances; i++) {
    const start = 100 * i;
    const ready = start + 25 + i;
    const add = (phase: number, startAtSeconds: number, endAtSeconds: number) =>
      rows.push({
        instanceId: i,
        functionId: i % 2,
        phase,
        startAtSeconds,
        endAtSeconds,
        sharers: phase < 3 ? 0 : 1 + i % 3,
      });
    add(0, start, ready);
    add(3, start, start + 5);
    add(4, start + 5, ready);
    add(1, ready, 900 + 40 * i);
    add(2, 900 + 40 * i, 903 + 40 * i);
  }
  return {
    count: rows.length,
    ...columnsOf(INSTANCE_COLUMNS, rows),
    phaseNames,
  } as unknown as RunResult["instances"];
}
