import type { Configuration } from "../config/configuration.ts";

/** Whether the requests, rather than the duration, end the workload. */
export function isByCount({ workload }: Configuration): boolean {
  return workload.num_requests !== null || workload.type === "trace" ||
    workload.closed_loop.concurrency !== null;
}

/** Whether the number of instances is the same from the beginning to the end. */
export function isFixedFleet(
  { scaling, cold_start: start, faults, cluster }: Configuration,
): boolean {
  if (faults.failures.mtbf !== null || faults.spot.mtbf !== null) return false;
  if (!scaling.enabled) return true;
  return cluster.zones.length === 0 && scaling.keep_alive.sleep.level === 0 &&
    scaling.min_instances === scaling.max_instances &&
    (start.initial_instances ?? scaling.min_instances) === scaling.min_instances;
}
