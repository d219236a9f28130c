import type { RequestTable } from "./request_table.ts";
import { selectRows } from "./select_rows.ts";

/** The table sorted by arrival; rows of equal instants keep their order. A sorted table is returned as it is. */
export function sortByArrival(table: RequestTable): RequestTable {
  const { count, arrivalAtSeconds: at } = table;
  let i = 1;
  while (i < count && at[i] >= at[i - 1]) i++;
  if (i >= count) return table;
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  rows.sort((a, b) => at[a] - at[b] || a - b);
  return selectRows(table, rows);
}
