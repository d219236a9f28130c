import type { FleetMetric } from "../../serverless/scaling/fleet_readings.ts";
import { seriesMeaning } from "./promql/series.ts";

const HOW_MANY = "(?:num|number_of|avg|average|mean|total|sum)_";
const OF_WHAT = "_(?:avg|average|mean|total|sum|count|num)";
const REQUESTS = "(?:http_|llm_|inference_|model_)?req(?:uest)?s?";

/** Names that adapters give to metrics, each as a whole, with "_" between its words. */
const NAMES: readonly (readonly [names: string, metric: FleetMetric])[] = [
  [
    `${REQUESTS}_(?:waiting|queued|pending|in_queue)|(?:waiting|queued?|pending)_${REQUESTS}|` +
    `(?:${REQUESTS}_)?queue(?:_(?:size|length|len|depth))?|(?:${REQUESTS}_)?backlog`,
    "waiting",
  ],
  [`${REQUESTS}_running|running_${REQUESTS}`, "running"],
  [
    "(?:gpu_|kv_)+cache_(?:usage|util(?:ization)?)(?:_perc|_percent|_ratio)?|kv_util(?:ization)?",
    "kv_utilization",
  ],
  [
    `${REQUESTS}_in_?flight|in_?flight_${REQUESTS}|(?:${REQUESTS}_)?concurrency|` +
    `concurrent_${REQUESTS}|active_${REQUESTS}`,
    "concurrency",
  ],
  [`${REQUESTS}(?:_rate|_per_second|_rate_per_second)|request_rate|rps|qps`, "rps"],
  [
    "(?:generation_|output_|decode_|gen_)?(?:tokens?_per_second|tokens?_rate|token_throughput|throughput_tokens)",
    "tokens_per_second",
  ],
  [
    "(?:time_to_first_token|ttft)(?:_seconds)?_p95|p95_(?:time_to_first_token|ttft)(?:_seconds)?|" +
    "(?:time_to_first_token|ttft)_seconds|ttft",
    "ttft",
  ],
];

const PATTERNS = NAMES.map(([names, metric]) =>
  [
    new RegExp(
      `^(?:(?:vllm|sglang|knative|inference_pool|llm|gateway)_)*(?:${HOW_MANY})?(?:${names})(?:${OF_WHAT})?$`,
    ),
    metric,
  ] as const
);

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-:./]/g, "_");
}

/**
 * What a metric of this name counts: a name of an engine's own series, or one that says so as a whole;
 * undefined for any other, whatever words are in it.
 */
export function metricOf(name: string): FleetMetric | undefined {
  const plain = plainName(name);
  return seriesMeaning(plain)?.metric ??
    PATTERNS.find(([pattern]) => pattern.test(plain))?.[1];
}

/** Whether a name says that its values are means over instances. */
export function isMeanName(name: string): boolean {
  return /(^|_)(avg|average|mean)(_|$)/.test(plainName(name));
}
