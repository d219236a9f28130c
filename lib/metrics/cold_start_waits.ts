import { emptyColumn, storedColumns } from "./columns/column.ts";
import { COLD_START_WAIT_COLUMNS } from "./columns/instance_columns.ts";
import type { RunRecord } from "./run_record.ts";
import type { ColdStartWaits } from "./run_tables.ts";
import { waitParts } from "./wait_parts.ts";

/**
 * The waits for starts, request by request and stage by stage. Rows are there for requests that
 * waited alone, ascending, and for one request in the order of its wait.
 *
 * @example
 * ```ts
 * import { loadConfig, simulate } from "simfaasinfer";
 * const config = loadConfig("workload: { type: poisson, arrival_rate: 1, num_requests: 20 }");
 * const { coldStartWaits: waits, requests } = await simulate(config);
 * const own = waits.waitSeconds.filter((_, row) => waits.request[row] === 0);
 * const wait = own.reduce((sum, seconds) => sum + seconds, 0);
 * console.log(Math.abs(wait - requests.coldStartWaitSeconds[0]) < 1e-9); // true
 * ```
 */
export function coldStartWaits(run: RunRecord): ColdStartWaits {
  const eachPart = waitParts(run);
  let count = 0;
  const codes = new Map<string, number>();
  eachPart((_request, _instance, stage) => {
    count++;
    if (!codes.has(stage)) codes.set(stage, codes.size);
  });
  const columns = storedColumns(COLD_START_WAIT_COLUMNS);
  const arrays = columns.map(([, column]) => emptyColumn(column, count));
  let row = 0;
  eachPart((request, instanceId, stage, seconds) => {
    const part = { request, instanceId, stage: codes.get(stage)!, seconds };
    for (let i = 0; i < columns.length; i++) arrays[i][row] = columns[i][1].of!(part);
    row++;
  });
  return {
    count,
    ...Object.fromEntries(columns.map(([key], i) => [key, arrays[i]])),
    stageNames: [...codes.keys()],
  } as unknown as ColdStartWaits;
}
