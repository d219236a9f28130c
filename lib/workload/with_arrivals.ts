import type { RandomStream } from "../sim/random_streams.ts";
import type { ArrivalProcess } from "./arrivals/arrival_process.ts";
import type { RequestTable } from "./request_table.ts";

/**
 * The rows of a table, in order, at the arrivals of a process: for traces that hold lengths alone,
 * or to replay lengths at another rate.
 *
 * @param stream The stream named "arrivals".
 * @throws {RangeError} If the process ends before the table does.
 */
export function withArrivals(
  table: RequestTable,
  process: ArrivalProcess,
  stream: RandomStream,
): RequestTable {
  const arrivalAtSeconds = new Float64Array(table.count);
  process.fill(arrivalAtSeconds, stream, 0);
  if (table.count > 0 && arrivalAtSeconds[table.count - 1] === Infinity) {
    throw new RangeError(
      `Cannot give each request of a table an arrival: current value is ${table.count} requests, ${
        arrivalAtSeconds.indexOf(Infinity)
      } arrivals`,
    );
  }
  return { ...table, arrivalAtSeconds };
}
