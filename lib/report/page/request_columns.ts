import { type PercentilePoint, percentilePoints } from "./client/percentiles.ts";
import { readParquetColumns } from "../../results/read_parquet.ts";
import { exists } from "../../results/exists.ts";
import { LATENCY_PART_NAMES } from "../../metrics/latency_parts.ts";
import {
  type ExplainSource,
  readExplainSource,
  requestsWhere,
  slowest,
  Storyteller,
} from "../explain/mod.ts";
import { type ColumnToPack, packColumns, type PackedColumns, packText } from "./packed_columns.ts";

/** Requests of a run that a page holds at most. */
export const MOST_REQUESTS = 100_000;

/** Requests whose whole story is on a page: so many that took longest, by each of these. */
const MOST_STORIES = 500;
const STORIES_BY = ["e2e_s", "ttft_s", "scheduling_delay_s"];

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
  /** Stories of some of them, a JSON object of texts by their numbers, packed. */
  readonly stories: string;
}

/**
 * Reads the requests of a run for a page. Of more than {@link MOST_REQUESTS}, those that did not
 * complete come first, then the slowest.
 */
export async function readRequests(directory: string): Promise<PageRequests> {
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
  const source = exists(`${directory}/latency_parts.parquet`)
    ? await readExplainSource(directory)
    : undefined;
  return {
    packed: await packColumns([...columns, ...(source ? partColumns(rows, source) : [])]),
    stories: await packText(JSON.stringify(source ? storiesOf(source) : {})),
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

/** The parts of latencies that some request has, a column each: "kv_blocks_s". */
function partColumns(rows: readonly number[], { parts }: ExplainSource): ColumnToPack[] {
  return LATENCY_PART_NAMES.flatMap((name): ColumnToPack[] => {
    const values = rows.map((row) => parts[name][row]);
    if (!values.some((seconds) => seconds > 0)) return [];
    return [{ name: `${name}_s`, kind: "latency", values }];
  });
}

/** Stories of the requests that took longest, by their numbers. */
function storiesOf(source: ExplainSource): Record<number, string> {
  const teller = new Storyteller(source);
  const all = requestsWhere(source);
  const told = new Set(STORIES_BY.flatMap((by) => slowest(source, all, by, MOST_STORIES)));
  return Object.fromEntries(
    [...told].sort((a, b) => a - b).map((row) => [row, teller.tell(row).text]),
  );
}
