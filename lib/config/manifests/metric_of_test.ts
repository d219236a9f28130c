import { equal } from "#assert";
import { isMeanName, metricOf } from "./metric_of.ts";

/** Names of metrics as vLLM, SGLang, gateways and adapters have them. */
const NAMES: Readonly<Record<string, string | undefined>> = {
  "vllm:num_requests_running": "running",
  "vllm_num_requests_running": "running",
  "sglang:num_running_reqs": "running",
  "vllm:num_requests_waiting": "waiting",
  "sglang:num_queue_reqs": "waiting",
  "inference_pool_average_queue_size": "waiting",
  "queue-length": "waiting",
  "vllm:gpu_cache_usage_perc": "kv_utilization",
  "vllm:kv_cache_usage_perc": "kv_utilization",
  "inference_pool_average_kv_cache_utilization": "kv_utilization",
  "vllm:time_to_first_token_seconds": "ttft",
  "vllm_tokens_per_second": "tokens_per_second",
  "requests-per-second": "rps",
  "http_requests_per_second": "rps",
  "istio_requests_total": "rps",
  "requests_in_flight": "concurrency",
  "inflight-requests": "concurrency",
  "knative_concurrency": "concurrency",
  // Words of metrics in names of others.
  "vllm:request_queue_time_seconds": undefined,
  "vllm:kv_cache_hit_rate": undefined,
  "vllm:prompt_tokens_total": undefined,
  "queue_processing_errors": undefined,
  "time_to_first_token_seconds_p50": undefined,
  "waiting_room_temperature": undefined,
  "sum(vllm:num_requests_waiting) * 100": undefined,
  "wva_desired_replicas": undefined,
  "shoe_size": undefined,
  "": undefined,
};

for (const [name, metric] of Object.entries(NAMES)) {
  Deno.test(`metricOf(${JSON.stringify(name)}) counts ${metric ?? "nothing that is simulated"}`, () => {
    equal(metricOf(name), metric);
  });
}

Deno.test("isMeanName() tells a mean by a word of the name", () => {
  equal(isMeanName("inference_pool_average_queue_size"), true);
  equal(isMeanName("vllm:num_requests_waiting"), false);
  equal(isMeanName("meaning_of_life"), false);
});
