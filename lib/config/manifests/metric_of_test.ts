import { equal } from "#assert";
import { metricOf } from "./metric_of.ts";

/** Names of metrics and queries as vLLM, SGLang, gateways and adapters have them. */
const NAMES: Readonly<Record<string, string | undefined>> = {
  "vllm:num_requests_running": "running",
  "vllm_num_requests_running": "running",
  "sglang:num_running_reqs": "running",
  "vllm:num_requests_waiting": "waiting",
  "sglang:num_queue_reqs": "waiting",
  'sum(vllm:num_requests_waiting{model_name="a"})': "waiting",
  "inference_pool_average_queue_size": "waiting",
  "vllm:gpu_cache_usage_perc": "kv_utilization",
  "vllm:kv_cache_usage_perc": "kv_utilization",
  "inference_pool_average_kv_cache_utilization": "kv_utilization",
  "vllm:time_to_first_token_seconds": "ttft",
  "histogram_quantile(0.95, rate(vllm:time_to_first_token_seconds_bucket[1m]))": "ttft",
  "rate(vllm:generation_tokens_total[1m])": "tokens_per_second",
  "requests-per-second": "rps",
  "sum(rate(http_requests_total[2m]))": "rps",
  "istio_requests_total": "rps",
  "requests_in_flight": "concurrency",
  "inflight-requests": "concurrency",
  "knative_concurrency": "concurrency",
  "wva_desired_replicas": undefined,
  "shoe_size": undefined,
  "": undefined,
};

for (const [name, metric] of Object.entries(NAMES)) {
  Deno.test(`metricOf(${JSON.stringify(name)}) counts ${metric ?? "nothing that is simulated"}`, () => {
    equal(metricOf(name), metric);
  });
}
