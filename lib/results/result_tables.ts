import { type DeclaredColumn, emptyColumns } from "../metrics/columns/column.ts";
import { REQUEST_COLUMNS } from "../metrics/columns/request_columns.ts";
import {
  columnIn,
  FUNCTION_SERIES,
  KV_TRANSFERS,
  type ResultTable,
  type TableName,
  TABLES,
} from "../metrics/columns/result_tables.ts";
import { type RequestRows, rowsOfResult } from "../metrics/rows/request_rows.ts";
import type { RequestColumns, RunResult } from "../metrics/run_tables.ts";
import {
  type Column,
  floatColumn,
  type IntegerArray,
  integerColumn,
  type Table,
  textColumn,
} from "./table.ts";

/** Rooms that the derived columns of a table share, one slice at a time. */
interface Scratch {
  /** A room of as many numbers; what it held before is lost. */
  floats(count: number): Float64Array;
  /** The same of whole numbers. */
  integers(count: number): Int32Array;
}

function newScratch(): Scratch {
  let floatRoom = new Float64Array(0);
  let integerRoom = new Int32Array(0);
  return {
    floats(count) {
      if (floatRoom.length < count) floatRoom = new Float64Array(count);
      return floatRoom;
    },
    integers(count) {
      if (integerRoom.length < count) integerRoom = new Int32Array(count);
      return integerRoom;
    },
  };
}

/** A column of a run as files have it. */
function columnOf(
  key: string,
  column: DeclaredColumn<never>,
  run: RunResult,
  data: object,
  scratch: Scratch,
): Column {
  const { name } = column;
  switch (column.kind) {
    case "row number":
      return {
        name,
        type: "int32",
        slice(from, to) {
          const out = scratch.integers(to - from);
          for (let row = from; row < to; row++) out[row - from] = row;
          return out.subarray(0, to - from);
        },
      };
    case "derived":
      return {
        name,
        type: "float64",
        ...(column.constant && { constant: column.constant(run) }),
        slice(from, to) {
          const out = scratch.floats(to - from);
          column.fill(run, out, from, to);
          return out.subarray(0, to - from);
        },
      };
    case "looked up":
      return textColumn(name, column.codes(run), column.texts.of(run));
    case "stored": {
      const values = columnIn(data, key);
      if (values instanceof Float64Array) return floatColumn(name, values);
      return column.texts === undefined
        ? integerColumn(name, values, column.nullValue)
        : textColumn(name, values as Exclude<IntegerArray, Int32Array>, column.texts.of(run));
    }
  }
}

/** A table of a run: its columns as declared, each with its unit and its sentence. */
function resultTable(table: ResultTable, run: RunResult): Table {
  const scratch = newScratch();
  const { count, data } = table.of(run);
  const columns = Object.entries(table.columns).map(([key, column]) => ({
    ...columnOf(key, column, run, data, scratch),
    unit: column.unit,
    doc: column.doc,
  }));
  return { count, columns, metadata: { digest: run.summary.digest } };
}

/**
 * The table `requests` of a run whose rows are not in memory. A slice lies in one piece of the rows:
 * pieces are as long as the longest slice that writers ask for, or a multiple of it.
 */
function streamedRequestTable(run: RunResult, rows: RequestRows): Table {
  const scratch = newScratch();
  const entries = Object.entries(REQUEST_COLUMNS);
  return {
    count: rows.count,
    columns: entries.map(([key, column]): Column => {
      const slice = (from: number, to: number) => {
        const piece = rows.at(from);
        const { functionNames } = run;
        // Request columns follow from the rows and the names of the functions alone.
        const part = { requests: piece, functionNames } as unknown as RunResult;
        const own = columnOf(key, column, part, piece, scratch);
        const values = own.slice(from - piece.first, to - piece.first);
        if (column.kind === "row number") {
          for (let i = 0; i < values.length; i++) values[i] += piece.first;
        }
        return values;
      };
      const { unit, doc } = column;
      return { ...emptyColumnOf(key, column, run, scratch), unit, doc, slice } as Column;
    }),
    metadata: { digest: run.summary.digest },
  };
}

/** A column of requests without rows: what it is called, and what its values are. */
function emptyColumnOf(
  key: string,
  column: DeclaredColumn<never>,
  { functionNames }: RunResult,
  scratch: Scratch,
): Column {
  const none = { count: 0, ...emptyColumns(REQUEST_COLUMNS, 0) } as unknown as RequestColumns;
  const run = { requests: none, functionNames } as unknown as RunResult;
  return columnOf(key, column, run, none, scratch);
}

/** Names of the tables that runs have, in the order they are written. */
export const RESULT_TABLES = Object.keys(TABLES) as readonly TableName[];

/** The tables of a result; those that not every run has may be absent. */
export type ResultTables =
  & Readonly<Record<Exclude<TableName, "latency_parts">, Table>>
  & { readonly latency_parts?: Table; readonly function_series?: Table }
  & { readonly kv_transfers?: Table };

/** The tables of a result by name, in the order they are written. */
export function resultTables(run: RunResult): ResultTables {
  const tables: readonly (readonly [string, ResultTable])[] = Object.entries(TABLES);
  const made = Object.fromEntries(
    tables.filter(([, { isIn }]) => isIn?.(run) ?? true).map(([name, table]) => [
      name,
      name === "requests" ? requestTable(run) : resultTable(table, run),
    ]),
  ) as unknown as ResultTables;
  return {
    ...made,
    ...(run.functionSeries && { function_series: resultTable(FUNCTION_SERIES, run) }),
    ...(run.kvTransfers && { kv_transfers: resultTable(KV_TRANSFERS, run) }),
  };
}

/**
 * The table `requests`: one row per request, in order of arrival. Instants and durations in seconds,
 * null where the request never got there. Derived columns are computed slice by slice.
 */
export function requestTable(result: RunResult): Table {
  const rows = rowsOfResult(result);
  return rows.whole ? resultTable(TABLES.requests, result) : streamedRequestTable(result, rows);
}

/**
 * The table `latency_parts`: one row per request, the parts of its time to first token and of the time
 * after it, seconds. @throws {RangeError} If the run has not recorded them.
 */
export function latencyPartTable(result: RunResult): Table {
  if (result.latencyParts !== undefined) return resultTable(TABLES.latency_parts, result);
  throw new RangeError(
    "Cannot tabulate the parts of latencies as recorded: current value is none (metrics.explain: true " +
      "records them)",
  );
}

/** The table `timeseries`: one row per sampling interval, shares from 0 to 1. */
export function timeSeriesTable(result: RunResult): Table {
  return resultTable(TABLES.timeseries, result);
}

/** The table `instances`: one row per phase of an instance's life, instants in seconds. */
export function instanceTable(result: RunResult): Table {
  return resultTable(TABLES.instances, result);
}

/**
 * The table `cold_start_waits`: one row per request that waited for a start and stage that it waited
 * in, seconds.
 */
export function coldStartWaitTable(result: RunResult): Table {
  return resultTable(TABLES.cold_start_waits, result);
}

/** The table `token_gaps`: share of the gaps between tokens that are at most `tbt_s` long. */
export function tokenGapTable(result: RunResult): Table {
  return resultTable(TABLES.token_gaps, result);
}
