import type { RequestWindow } from "../cluster/stream/mod.ts";
import type { QueueOrder } from "../scheduling/batching/orders/mod.ts";
import type { RequestTable } from "../workload/mod.ts";
import { queueKeys } from "./batching.ts";
import type { BuiltClasses } from "./classes.ts";

type Keys = ReturnType<typeof queueKeys>;

/** What queue orders compare. */
export interface KeysByOrder {
  /** One column for all functions that use the same order; undefined: they compare arrivals. */
  of(order: QueueOrder): Keys;
  /** The column of the order by deadlines, if a function uses it. */
  deadlines(): Float64Array | undefined;
}

/**
 * What queue orders compare of each request.
 *
 * @param window Where requests come one by one: a key is worked out as its request comes.
 */
export function queueKeysByOrder(
  { table, classes }: Pick<BuiltClasses, "table" | "classes">,
  window?: RequestWindow,
): KeysByOrder {
  const columns = new Map<QueueOrder, Keys>();
  const make = (order: QueueOrder) => {
    if (window === undefined) return queueKeys(order, table, classes);
    const sample = queueKeys(order, rowOf(table, 0), classes);
    if (sample === undefined) return undefined;
    const keys = sample instanceof Float64Array
      ? new Float64Array(table.count)
      : new Int32Array(table.count);
    window.whenTaken((place) => {
      keys[place] = queueKeys(order, rowOf(table, place), classes)![0];
    });
    return keys;
  };
  return {
    of(order) {
      if (!columns.has(order)) columns.set(order, make(order));
      return columns.get(order);
    },
    deadlines: () => columns.get("edf") as Float64Array | undefined,
  };
}

/** A row of a table as a table. */
function rowOf(table: RequestTable, row: number): RequestTable {
  return {
    count: 1,
    arrivalAtSeconds: table.arrivalAtSeconds.subarray(row, row + 1),
    promptTokens: table.promptTokens.subarray(row, row + 1),
    outputTokens: table.outputTokens.subarray(row, row + 1),
    ...(table.functionId && { functionId: table.functionId.subarray(row, row + 1) }),
    ...(table.classId && { classId: table.classId.subarray(row, row + 1) }),
    ...(table.tenantId && { tenantId: table.tenantId.subarray(row, row + 1) }),
  };
}
