import type { PrefixBlocks, RequestTable } from "./request_table.ts";

/** Copies the elements at `rows` into a new column of the same type. */
function pick<T extends Float64Array | Int32Array | Uint16Array | Uint8Array>(
  column: T,
  rows: ArrayLike<number>,
): T {
  const picked = new (column.constructor as new (length: number) => T)(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i]];
  return picked;
}

function pickPrefix(prefix: PrefixBlocks, rows: ArrayLike<number>): PrefixBlocks {
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    offsets[i + 1] = offsets[i] + prefix.offsets[rows[i] + 1] - prefix.offsets[rows[i]];
  }
  const hashes = new Float64Array(offsets[rows.length]);
  for (let i = 0; i < rows.length; i++) {
    const start = prefix.offsets[rows[i]];
    hashes.set(prefix.hashes.subarray(start, prefix.offsets[rows[i] + 1]), offsets[i]);
  }
  return { blockTokens: prefix.blockTokens, offsets, hashes };
}

/**
 * A table of the given rows in the given order; a row may be taken several times.
 *
 * @param rows Row numbers of `table`. Their arrivals must not decrease.
 * @throws {TypeError} If the table holds sessions whose turns release each other: a turn cannot be
 *   taken without those before it.
 */
export function selectRows(table: RequestTable, rows: ArrayLike<number>): RequestTable {
  if (table.afterRequest !== undefined) {
    throw new TypeError(
      `Cannot select rows of a workload as independent requests: current value is one whose turns follow each other`,
    );
  }
  const { functionId, classId, tenantId, sessionId, prefix, closedLoop } = table;
  const { serviceSeconds } = table;
  return {
    count: rows.length,
    arrivalAtSeconds: pick(table.arrivalAtSeconds, rows),
    promptTokens: pick(table.promptTokens, rows),
    outputTokens: pick(table.outputTokens, rows),
    ...(functionId && { functionId: pick(functionId, rows) }),
    ...(classId && { classId: pick(classId, rows) }),
    ...(tenantId && { tenantId: pick(tenantId, rows) }),
    ...(sessionId && { sessionId: pick(sessionId, rows) }),
    ...(serviceSeconds && { serviceSeconds: pick(serviceSeconds, rows) }),
    ...(prefix && { prefix: pickPrefix(prefix, rows) }),
    ...(closedLoop && { closedLoop }),
  };
}
