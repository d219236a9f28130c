import type { FleetMetric } from "../../../serverless/scaling/fleet_readings.ts";

/** What a series of an engine or a gateway tells. */
export interface SeriesMeaning {
  readonly metric: FleetMetric;
  /**
   * `gauge`: what there is now, per instance. `counter`: what there has been so far, per instance.
   * `buckets`: how many there have been up to a bound. `mean`: one value, a mean over instances.
   */
  readonly form: "gauge" | "counter" | "buckets" | "mean";
  /** An instance has a series for each route or for each reason of an end. */
  readonly isSplit?: true;
  /** What it tells beside what the metric counts here. */
  readonly note?: string;
}

const FINISHED = "requests that end per second are taken as those that arrive";
const ALL_ROUTES = "requests of all routes are taken as those for the model";

/** Series by their names, with "_" for whatever else stands between words. */
const SERIES: Readonly<Record<string, SeriesMeaning>> = {
  vllm_num_requests_waiting: { metric: "waiting", form: "gauge" },
  sglang_num_queue_reqs: { metric: "waiting", form: "gauge" },
  vllm_num_requests_running: { metric: "running", form: "gauge" },
  sglang_num_running_reqs: { metric: "running", form: "gauge" },
  vllm_gpu_cache_usage_perc: { metric: "kv_utilization", form: "gauge" },
  vllm_kv_cache_usage_perc: { metric: "kv_utilization", form: "gauge" },
  sglang_token_usage: { metric: "kv_utilization", form: "gauge" },
  inference_pool_average_queue_size: { metric: "waiting", form: "mean" },
  inference_pool_average_kv_cache_utilization: { metric: "kv_utilization", form: "mean" },
  vllm_request_success_total: { metric: "rps", form: "counter", isSplit: true, note: FINISHED },
  vllm_e2e_request_latency_seconds_count: { metric: "rps", form: "counter", note: FINISHED },
  sglang_num_requests_total: { metric: "rps", form: "counter", note: FINISHED },
  sglang_e2e_request_latency_seconds_count: { metric: "rps", form: "counter", note: FINISHED },
  http_requests_total: { metric: "rps", form: "counter", isSplit: true, note: ALL_ROUTES },
  istio_requests_total: { metric: "rps", form: "counter", isSplit: true, note: ALL_ROUTES },
  nginx_ingress_controller_requests: {
    metric: "rps",
    form: "counter",
    isSplit: true,
    note: ALL_ROUTES,
  },
  vllm_generation_tokens_total: { metric: "tokens_per_second", form: "counter" },
  sglang_generation_tokens_total: { metric: "tokens_per_second", form: "counter" },
  sglang_gen_throughput: { metric: "tokens_per_second", form: "gauge" },
  vllm_time_to_first_token_seconds_bucket: { metric: "ttft", form: "buckets" },
  sglang_time_to_first_token_seconds_bucket: { metric: "ttft", form: "buckets" },
};

/** What the series of a name tells; undefined for what is not simulated. */
export function seriesMeaning(name: string): SeriesMeaning | undefined {
  const plain = name.replaceAll(":", "_");
  return Object.hasOwn(SERIES, plain) ? SERIES[plain] : undefined;
}

/**
 * Labels that say whose series they are. They are taken as those of the workload that is scaled: no
 * manifest says what its series are labelled with.
 */
const OWNERS =
  /^(?:model|model_name|namespace|exported_namespace|kubernetes_namespace|cluster|job|service|exported_service|deployment|app|app_kubernetes_io_\w+|component|container|release|endpoint|name|inference_pool|leaderworkerset\w*|destination_(?:service|service_name|workload|app|service_namespace|workload_namespace|canonical_service)|reporter|ingress|exported_job|statefulset|workload|engine_type|prometheus|environment|env|region)$/;

/** Whether a label says whose series they are. */
export function isOwner(label: string): boolean {
  return OWNERS.test(label);
}
