import type { StageWaits } from "../figure_source.ts";
import { type PercentilePoint, percentilePoints } from "./client/percentiles.ts";
import { readParquetColumns } from "../../results/read_parquet.ts";
import { type ColumnToPack, packColumns, type PackedColumns } from "./packed_columns.ts";

/** Requests of a run that a page holds at most. */
export const MOST_REQUESTS = 100_000;

/** Columns of the table of requests that a page shows, and how they are stored. */
const SHOWN: readonly (readonly [name: string, kind: ColumnToPack["kind"] | "text"])[] = [
  ["id", "count"],
  ["function", "text"],
  ["class", "count"],
  ["outcome", "text"],
  ["instance", "count"],
  ["arrival_s", "instant"],
  ["prompt_tokens", "count"],
  ["output_tokens", "count"],
  ["ttft_s", "latency"],
  ["tpot_s", "latency"],
  ["e2e_s", "latency"],
  ["scheduling_delay_s", "latency"],
  ["cold_start_wait_s", "latency"],
  ["preemptions", "count"],
];

/** The requests of a run as a page holds them. */
export interface PageRequests {
  readonly packed: PackedColumns;
  /** Columns of the page's table, in order: those that tell requests apart. */
  readonly shown: readonly string[];
  /** Requests of the run. */
  readonly count: number;
  /** Whether all of them are on the page. */
  readonly isWhole: boolean;
  /** Latencies of all of them by percentile. */
  readonly percentiles: readonly PercentilePoint[];
}

/**
 * Reads the requests of a run for a page. Of more than {@link MOST_REQUESTS}, those that did not
 * complete come first, then the slowest.
 */
export async function readRequests(directory: string, waits: StageWaits): Promise<PageRequests> {
  const path = `${directory}/requests.parquet`;
  const table = await readParquetColumns(path, {
    what: "a table of requests",
    columns: SHOWN.map(([name]) => name),
  });
  const count = table.id.length;
  const rows = chosenRows(table.e2e_s as readonly (number | null)[]);
  const latencies = new Map(["arrival_s", "ttft_s", "tpot_s", "e2e_s"].map((name) => [name, {
    values: Float64Array.from(table[name], (value) => value === null ? NaN : Number(value)),
  }]));
  const columns = SHOWN.map(([name, kind]): ColumnToPack => {
    const values = rows.map((row) => table[name][row]);
    if (kind === "text") return textColumn(name, values as readonly (string | null)[]);
    const none = kind === "latency" ? NaN : 0;
    return {
      name,
      kind,
      values: values.map((value) => value === null || value === undefined ? none : Number(value)),
    };
  });
  const shown = columns.filter(({ name, values }) =>
    !["function", "class", "preemptions"].includes(name) || !isConstant(values)
  ).map(({ name }) => name);
  return {
    packed: await packColumns([...columns, ...waitColumns(rows, waits)]),
    shown,
    count,
    isWhole: rows.length === count,
    percentiles: percentilePoints(latencies, [-Infinity, Infinity]),
  };
}

/** Rows of the requests that a page holds, ascending. */
function chosenRows(e2eSeconds: readonly (number | null)[]): readonly number[] {
  const rows = e2eSeconds.map((_, row) => row);
  if (rows.length <= MOST_REQUESTS) return rows;
  const key = (row: number) => e2eSeconds[row] ?? Infinity;
  return rows.sort((a, b) => key(b) - key(a) || a - b || 0).slice(0, MOST_REQUESTS)
    .sort((a, b) => a - b);
}

function textColumn(name: string, values: readonly (string | null)[]): ColumnToPack {
  const texts = [...new Set(values.map((value) => value ?? ""))];
  const codeOf = new Map(texts.map((text, i) => [text, i]));
  return { name, kind: "count", values: values.map((value) => codeOf.get(value ?? "")!), texts };
}

function isConstant(values: ArrayLike<number>): boolean {
  return Array.from(values).every((value) => value === values[0]);
}

/** Waits for the stages of a start, a column each: "wait:weights_load". */
function waitColumns(rows: readonly number[], waits: StageWaits): ColumnToPack[] {
  if (waits.request.length === 0) return [];
  const placeOf = new Map(rows.map((row, i) => [row, i]));
  const columns = waits.stageNames.map(() => new Float64Array(rows.length));
  waits.request.forEach((request, i) => {
    const place = placeOf.get(request);
    if (place !== undefined) columns[waits.stage[i]][place] += waits.waitSeconds[i];
  });
  return columns.map((values, i) => ({
    name: `wait:${waits.stageNames[i]}`,
    kind: "latency",
    values,
  }));
}
