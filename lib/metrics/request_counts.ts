import { OUTCOME_CODE } from "./recorder.ts";
import { type RequestRows, rowsOf } from "./rows/request_rows.ts";
import type { RunRecord } from "./run_record.ts";
import { OUTCOMES } from "./run_tables.ts";

/** What latencies are of: completed requests that arrived after the warm-up, and those cut off. */
export function measuredFields(rows: RequestRows, fromSeconds: number, endAtSeconds: number) {
  let completed = 0, censored = 0;
  for (const { count, arrivalAtSeconds, outcome } of rows.pieces()) {
    for (let i = 0; i < count; i++) {
      const at = arrivalAtSeconds[i];
      if (!(at >= fromSeconds)) continue;
      if (outcome[i] === OUTCOME_CODE.completed) completed++;
      else if (outcome[i] === OUTCOME_CODE.unfinished && at <= endAtSeconds) censored++;
    }
  }
  return { from_s: fromSeconds, completed, censored };
}

/** Counts by outcome, and token totals of what completed. */
export function countRequests(run: RunRecord, warmupSeconds: number) {
  const { arrived } = run;
  const byOutcome = new Array<number>(OUTCOMES.length).fill(0);
  let measuredCompleted = 0, measuredOutputTokens = 0, measuredPromptTokens = 0;
  let allOutputTokens = 0, allPromptTokens = 0, waitedForStart = 0, preemptions = 0;
  for (const columns of rowsOf(run).pieces()) {
    for (let i = 0; i < columns.count; i++) {
      byOutcome[columns.outcome[i]]++;
      preemptions += columns.preemptions[i];
      if (columns.coldStartWaitSeconds[i] > 0) waitedForStart++;
      if (columns.outcome[i] !== OUTCOME_CODE.completed) continue;
      allOutputTokens += columns.outputTokens[i];
      allPromptTokens += columns.promptTokens[i];
      if (columns.completedAtSeconds[i] < warmupSeconds) continue;
      measuredCompleted++;
      measuredOutputTokens += columns.outputTokens[i];
      measuredPromptTokens += columns.promptTokens[i];
    }
  }
  const of = (matches: (name: string) => boolean) =>
    OUTCOMES.reduce((sum, name, code) => matches(name) ? sum + byOutcome[code] : sum, 0);
  const completed = byOutcome[OUTCOME_CODE.completed];
  const rejected = of((name) => name.startsWith("rejected"));
  const timedOut = byOutcome[OUTCOME_CODE.timed_out];
  const failed = byOutcome[OUTCOME_CODE.failed];
  const executionLimit = byOutcome[OUTCOME_CODE.execution_limit];
  const drainLimit = byOutcome[OUTCOME_CODE.drain_limit];
  const clientDeadline = byOutcome[OUTCOME_CODE.client_deadline];
  const reasons = Object.fromEntries(
    OUTCOMES.flatMap((name, code) =>
      code > OUTCOME_CODE.completed && byOutcome[code] > 0 ? [[name, byOutcome[code]]] : []
    ),
  );
  return {
    requests: {
      arrived,
      completed,
      rejected,
      timed_out: timedOut,
      failed,
      execution_limit: executionLimit,
      drain_limit: drainLimit,
      client_deadline: clientDeadline,
      unfinished: arrived - completed - rejected - timedOut - failed - executionLimit -
        drainLimit - clientDeadline,
      reasons,
    },
    measuredCompleted,
    measuredOutputTokens,
    measuredPromptTokens,
    allOutputTokens,
    allPromptTokens,
    waitedForStart,
    preemptions,
  };
}
