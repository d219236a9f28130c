import { deepEqual, ok } from "#assert";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import type { RequestColumns, RunResult } from "../../lib/metrics/run_tables.ts";

/**
 * The laws of what a run reports: every number is finite but the instants of requests that never got
 * there, every null of the summary is explained, and nothing else is.
 */
export function checkReport(
  { summary, requests, timeSeries, instances, coldStartWaits, engine }: RunResult,
): void {
  const nulls: string[] = [];
  collect(summary, "", nulls);
  const explained = summary.undefined_figures.flatMap(({ figures }) => figures);
  deepEqual(
    nulls.filter((path) => !explained.some((figure) => covers(figure, path))),
    [],
    "nulls that nothing explains",
  );
  deepEqual(
    explained.filter((figure) => !nulls.some((path) => covers(figure, path))),
    [],
    "explanations of what is not null",
  );
  for (const { figures, why, isUnused } of summary.undefined_figures) {
    const isSaid = engine.notices.some((notice) =>
      notice.endsWith(`null: ${why}`) && figures.every((figure) => notice.includes(figure))
    );
    ok(isSaid !== isUnused, `${figures} ${isUnused ? "needs no" : "lacks a"} notice`);
  }
  const { stepWatts, idleWatts, startWatts, hostWatts, ...series } = timeSeries;
  finiteColumns(series, "time series");
  const watts = { stepWatts, idleWatts, startWatts, hostWatts };
  if (summary.energy !== null) finiteColumns(watts, "time series");
  else ok(Object.values(watts).every((column) => column.every(Number.isNaN)), "unasked power");
  finiteColumns(instances, "instances");
  finiteColumns(coldStartWaits, "waits");
  requestInstants(requests);
}

/** Paths of the nulls, items of lists as "[]"; refuses numbers that are not finite. */
function collect(value: unknown, path: string, nulls: string[]): void {
  if (value === null) nulls.push(path);
  else if (typeof value === "number") ok(Number.isFinite(value), `${path} is ${value}`);
  else if (Array.isArray(value)) { for (const item of value) collect(item, `${path}[]`, nulls); }
  else if (typeof value === "object") {
    for (const [key, part] of Object.entries(value!)) {
      collect(part, path === "" ? key : `${path}.${key}`, nulls);
    }
  }
}

/** Whether a figure is a path or what stands above it. */
function covers(figure: string, path: string): boolean {
  return path === figure || path.startsWith(`${figure}.`);
}

function finiteColumns(table: object, what: string): void {
  for (const [name, column] of Object.entries(table)) {
    if (!(column instanceof Float64Array)) continue;
    const row = column.findIndex((value) => !Number.isFinite(value));
    ok(row < 0, `${name} of ${what} is ${column[row]} in row ${row}`);
  }
}

/** Instants are there exactly as far as a request came. */
function requestInstants(columns: RequestColumns): void {
  for (let i = 0; i < columns.count; i++) {
    const { completed, unfinished } = OUTCOME_CODE;
    const code = columns.outcome[i];
    const has = (instants: Float64Array) => Number.isFinite(instants[i]);
    const of = (name: string) => `${name} of request ${i}`;
    ok(has(columns.coldStartWaitSeconds), of("wait"));
    ok(has(columns.arrivalAtSeconds) || code === unfinished, of("arrival"));
    ok(has(columns.completedAtSeconds) === (code === completed), of("completion"));
    if (code === completed) {
      ok(has(columns.scheduledAtSeconds) && has(columns.firstTokenAtSeconds), of("first token"));
    }
    const instants = [
      columns.scheduledAtSeconds,
      columns.firstTokenAtSeconds,
      columns.maxTbtSeconds,
    ];
    for (const column of instants) ok(has(column) || Number.isNaN(column[i]), of("an instant"));
  }
}
