import type { FleetMetric } from "../../serverless/scaling/fleet_readings.ts";

/** Names of metrics, and queries, by what they count; the first that matches counts. */
const METRICS: readonly (readonly [RegExp, FleetMetric])[] = [
  [/time_to_first_token|ttft/i, "ttft"],
  [/cache_usage|kv_?cache|kv_?util/i, "kv_utilization"],
  [/tokens?_per_second|tokens_total|token_rate|token_throughput/i, "tokens_per_second"],
  [/requests?_running|running_req|num_running/i, "running"],
  [/wait|queue|pending|backlog/i, "waiting"],
  [/in_?flight|concurren|active_requests?/i, "concurrency"],
  [/requests?_per_second|request_rate|requests?_total|requests?_count|\brps\b|\bqps\b/i, "rps"],
];

/** What a metric of this name, or a query, counts; undefined for what is not simulated. */
export function metricOf(name: string): FleetMetric | undefined {
  const plain = name.replaceAll("-", "_");
  return METRICS.find(([pattern]) => pattern.test(plain))?.[1];
}
