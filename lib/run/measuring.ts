import type { ClusterParts } from "../cluster/cluster_parts.ts";
import { EXPLAINED_REQUESTS } from "../config/sections/metrics.ts";
import type { Configuration } from "../config/configuration.ts";

/** What of a run of so many requests is measured, and from when on. */
export function measuring(
  { simulation: { warmup_duration: warmup }, metrics }: Configuration,
  sampleSeconds: number,
  requests: number,
): Pick<ClusterParts, "warmupSeconds" | "sampleSeconds" | "samplesFunctions" | "explains"> {
  return {
    // One that has to be found is known after a run.
    warmupSeconds: warmup === "mser5" ? 0 : warmup,
    sampleSeconds,
    ...(metrics.per_function && { samplesFunctions: true }),
    explains: metrics.explain ?? requests <= EXPLAINED_REQUESTS,
  };
}
