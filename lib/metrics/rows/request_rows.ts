import { InvariantError } from "../../sim/invariant_error.ts";
import type { RequestColumns, RunResult } from "../run_tables.ts";

/** Rows of a run's requests that follow each other, in columns. */
export interface RequestPiece extends RequestColumns {
  /** The row of the run that is its row 0. */
  readonly first: number;
  /** Instance whose start each request waited for, -1 for none; absent when none has waited. */
  readonly waitedFor?: Int32Array;
}

/**
 * The rows of a run's requests, a piece at a time: all at once where they are in memory. A piece is
 * valid until the next one is asked for.
 */
export interface RequestRows {
  /** Rows in all. */
  readonly count: number;
  /** All of them in one piece; absent where they are not in memory. */
  readonly whole?: RequestPiece;
  /** The pieces in the order of the rows. */
  pieces(): Iterable<RequestPiece>;
  /** The piece that has a row. */
  at(row: number): RequestPiece;
}

/** A run's requests, wherever their rows are. */
export interface RequestsOfRun {
  /** One row per request. */
  readonly columns: RequestColumns;
  /** Instance whose start each request waited for. */
  readonly waitedFor?: Int32Array;
}

/** What has its rows somewhere else than in `columns`. */
interface RowsElsewhere {
  readonly rows: RequestRows;
}

/** What a run returns whose rows are not in memory: its `requests` cannot be read. */
export interface StreamedResult extends RunResult, RowsElsewhere {}

/** The rows of a result's requests, wherever they are. */
export function rowsOfResult(result: RunResult): RequestRows {
  return "rows" in result ? (result as StreamedResult).rows : wholeRows(result.requests);
}

/** The rows of requests that are in memory. */
export function wholeRows(columns: RequestColumns, waitedFor?: Int32Array): RequestRows {
  const whole: RequestPiece = { ...columns, first: 0, ...(waitedFor && { waitedFor }) };
  return { count: columns.count, whole, pieces: () => [whole], at: () => whole };
}

/** The rows of a run's requests. */
export function rowsOf(run: RequestsOfRun): RequestRows {
  if ("rows" in run) return (run as RequestsOfRun & RowsElsewhere).rows;
  return wholeRows(run.columns, run.waitedFor);
}

/**
 * Stands in place of columns whose rows are not in memory.
 *
 * @throws {InvariantError} If anything is read from it: nobody is to take it for a run without rows.
 */
export function columnsElsewhere(): RequestColumns {
  const refuse = () => {
    throw new InvariantError("the rows of the requests are not in memory");
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse }) as RequestColumns;
}

/** The values of a column in some rows, which ascend. */
export function valuesAt(
  rows: RequestRows,
  column: "functionId" | "classId",
  ascending: ArrayLike<number>,
): Uint16Array {
  const values = new Uint16Array(ascending.length);
  let piece: RequestPiece | undefined;
  for (let i = 0; i < ascending.length; i++) {
    const row = ascending[i];
    if (piece === undefined || row - piece.first >= piece.count) piece = rows.at(row);
    values[i] = piece[column][row - piece.first];
  }
  return values;
}
