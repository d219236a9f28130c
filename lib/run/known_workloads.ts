import type { Configuration } from "../config/configuration.ts";
import type { RequestTable } from "../workload/request_table.ts";
import { functionShares } from "./functions.ts";

/** Requests that are kept in all, some 20 bytes each: larger workloads take far longer to serve than to draw. */
const MOST_REQUESTS = 2 ** 18;

const kept = new Map<string, RequestTable>();

/**
 * The generated workload of a configuration: the one that was drawn before for the same settings, or
 * else a new one. Cells of an experiment that differ in their policies alone have the same, and
 * drawing it is a good part of a short run.
 *
 * What is handed out is a copy: the columns of a run begin as those of its workload, and go on to
 * whoever has the results.
 *
 * @param draw Draws it from the streams of the configuration's seed and replication.
 */
export function knownWorkload(config: Configuration, draw: () => RequestTable): RequestTable {
  const { workload, simulation: { random_seed: seed, replication, duration } } = config;
  const { memory: { block_size: blockTokens } } = config;
  const shares = functionShares(config);
  const settings = [workload, seed, replication, duration, blockTokens, shares];
  const key = JSON.stringify(settings, (_name, value) => value === Infinity ? "inf" : value);
  const known = kept.get(key);
  // The one that was used last stands last.
  kept.delete(key);
  const table = known ?? draw();
  if (table.count > MOST_REQUESTS) return table;
  kept.set(key, table);
  let requests = 0;
  for (const { count } of kept.values()) requests += count;
  for (const [oldest, { count }] of kept) {
    if (requests <= MOST_REQUESTS) break;
    kept.delete(oldest);
    requests -= count;
  }
  return copyOf(table);
}

/** A table with columns of its own. */
function copyOf<T extends object>(table: T): T {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value)
        ? (value as Int32Array).slice()
        : typeof value === "object" && value !== null
        ? copyOf(value)
        : value,
    ]),
  ) as T;
}
