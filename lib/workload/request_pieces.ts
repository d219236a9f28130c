import type { RequestTable } from "./request_table.ts";

/**
 * A workload that is drawn or read a piece at a time: the rows of one table, in their order. Each call
 * of `pieces` begins anew and gives the same rows.
 */
export interface RequestPieces {
  /** Rows in all. */
  readonly count: number;
  /**
   * Tables of some of the rows each, with the columns that all of them have. Valid until the next one
   * is asked for.
   */
  pieces(): Iterable<RequestTable>;
}

/** A table as the only piece of itself. */
export function onePiece(table: RequestTable): RequestPieces {
  return { count: table.count, pieces: () => [table] };
}
