import type { ClusterParts } from "../cluster/cluster_parts.ts";
import type { Configuration } from "../config/configuration.ts";

/** How long a run lasts at least, and how it goes on after its last request. */
export function runEnd(
  { simulation, workload }: Configuration,
): Pick<ClusterParts, "horizonSeconds" | "runsOn"> {
  const { end, duration, drain } = simulation;
  // A workload cut by its number of requests does not end with the duration.
  const byCount = workload.num_requests !== null || workload.type === "trace" ||
    workload.closed_loop.concurrency !== null;
  const horizonSeconds = byCount || end === "last-completion" ? 0 : duration;
  if (!drain) return { horizonSeconds };
  if (end === "duration") return { horizonSeconds, runsOn: { untilSeconds: duration } };
  const scalesDown = end === "scaled-down" || (end === null && byCount);
  return { horizonSeconds, ...(scalesDown && { runsOn: "until-scaled-down" }) };
}
