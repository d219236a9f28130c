import type { RequestTable } from "../workload/request_table.ts";
import { type ColumnArray, emptyColumn, storedColumns } from "./columns/column.ts";
import { REQUEST_COLUMNS } from "./columns/request_columns.ts";
import { OUTCOMES, type RequestColumns } from "./run_tables.ts";

/** Codes of the outcomes, as stored in the outcome column. */
export const OUTCOME_CODE = Object.freeze(
  Object.fromEntries(OUTCOMES.map((name, code) => [name, code])),
) as Readonly<Record<typeof OUTCOMES[number], number>>;

/** The columns that the workload has already. */
function givenColumns(table: RequestTable): Readonly<Record<string, ColumnArray | undefined>> {
  const { arrivalAtSeconds, promptTokens, outputTokens, functionId, classId } = table;
  // Closed loops and sessions decide arrivals during the run; open workloads share the column.
  const areDecided = table.closedLoop !== undefined || table.afterRequest !== undefined;
  return {
    arrivalAtSeconds: areDecided ? arrivalAtSeconds.slice() : arrivalAtSeconds,
    promptTokens,
    outputTokens,
    functionId,
    classId,
  };
}

/**
 * The request columns that a run fills in. The simulator writes into the arrays directly; what has
 * not happened is NaN (instants) or -1 (instance).
 */
export function requestColumns(table: RequestTable): RequestColumns {
  const { count } = table;
  const given = givenColumns(table);
  const columns: Record<string, ColumnArray | number> = { count };
  for (const [key, column] of storedColumns(REQUEST_COLUMNS)) {
    columns[key] = given[key] ?? emptyColumn(column, count);
  }
  return columns as unknown as RequestColumns;
}
