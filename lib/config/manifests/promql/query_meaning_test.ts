import { deepEqual, match, ok } from "#assert";
import { queryMeaning } from "./query_meaning.ts";

/** Queries that are read: metric, over instances, factor. */
const READ: Readonly<Record<string, readonly [metric: string, over: string, factor: number]>> = {
  "sum(vllm:num_requests_waiting)": ["waiting", "sum", 1],
  'sum(vllm:num_requests_waiting{model_name="a", namespace=~"b|c",})': ["waiting", "sum", 1],
  'sum by (model_name) (vllm:num_requests_waiting{pod!=""})': ["waiting", "sum", 1],
  'sum({__name__="vllm:num_requests_waiting"})': ["waiting", "sum", 1],
  'sum({"vllm:num_requests_waiting"})': ["waiting", "sum", 1],
  "# load\nSUM (\n  vllm:num_requests_running\n)": ["running", "sum", 1],
  "vllm:num_requests_running": ["running", "each", 1],
  "avg(vllm:kv_cache_usage_perc) * 100": ["kv_utilization", "mean", 100],
  "100 * avg(vllm:gpu_cache_usage_perc)": ["kv_utilization", "mean", 100],
  "sum(vllm:kv_cache_usage_perc) / count(vllm:kv_cache_usage_perc)": ["kv_utilization", "mean", 1],
  "avg(sum by (pod) (rate(vllm:request_success_total[1m])))": ["rps", "mean", 1],
  "avg(sum by (pod) (vllm:num_requests_waiting))": ["waiting", "mean", 1],
  "sum(sum by (namespace) (vllm:num_requests_waiting))": ["waiting", "sum", 1],
  "sum(vllm:num_requests_waiting) / 2": ["waiting", "sum", 0.5],
  "sum(vllm:num_requests_waiting) * (3 - 1) / 2 ^ 2": ["waiting", "sum", 0.5],
  "-(-sum(vllm:num_requests_waiting))": ["waiting", "sum", 1],
  "sum(vllm:num_requests_waiting) or vector(0)": ["waiting", "sum", 1],
  "scalar(sum(vllm:num_requests_waiting)) + 0": ["waiting", "sum", 1],
  "rate(vllm:request_success_total[1m])": ["rps", "each", 1],
  "sum(rate(vllm:request_success_total[1m]))": ["rps", "sum", 1],
  "sum(increase(vllm:request_success_total[1m]))": ["rps", "sum", 60],
  "sum(rate(http_requests_total[2m])) * 60": ["rps", "sum", 60],
  "avg(rate(vllm:generation_tokens_total[1m30s]))": ["tokens_per_second", "mean", 1],
  "histogram_quantile(0.95, sum(rate(vllm:time_to_first_token_seconds_bucket[1m])) by (le))": [
    "ttft",
    "whole",
    1,
  ],
  "histogram_quantile(0.95, rate(vllm:time_to_first_token_seconds_bucket[1m])) * 1000": [
    "ttft",
    "whole",
    1000,
  ],
  "histogram_quantile(0.9 + 0.05, sum by (le, model_name) (increase(vllm:time_to_first_token_seconds_bucket[5m])))":
    ["ttft", "whole", 1],
  "inference_pool_average_queue_size": ["waiting", "mean", 1],
};

for (const [query, [metric, over, factor]] of Object.entries(READ)) {
  Deno.test(`queryMeaning() reads ${query}`, () => {
    const found = queryMeaning(query);
    ok(!("left" in found), "left" in found ? found.left : "");
    deepEqual([found.metric, found.over, found.factor], [metric, over, factor]);
  });
}

/** Queries that are not, and what the reason names. */
const LEFT: Readonly<Record<string, RegExp>> = {
  "sum(vllm:num_requests_running) + sum(vllm:num_requests_waiting)": /adds up .*concurrency/,
  "sum(vllm:num_requests_running + vllm:num_requests_waiting)": /adds up several/,
  "sum(vllm:num_requests_waiting) / sum(vllm:num_requests_running)": /"\/" between metrics/,
  "sum(vllm:num_requests_waiting) / count(vllm:num_requests_running)": /"\/" between metrics/,
  "sum(vllm:num_requests_waiting) + 5": /adds a number/,
  "5 - sum(vllm:num_requests_waiting)": /"-" between/,
  "1 / sum(vllm:num_requests_waiting)": /"\/" between a metric and a number/,
  "sum(vllm:num_requests_waiting) > 3": /">" between/,
  "sum(vllm:num_requests_waiting) * 0": /positive multiple/,
  "-sum(vllm:num_requests_waiting)": /positive multiple/,
  "sum(vllm:num_requests_waiting) % 10": /"%"/,
  "sum(vllm:num_requests_waiting) or vector(1)": /"or"/,
  "max(vllm:num_requests_waiting)": /function max of instances/,
  "avg(rate(vllm:request_success_total[1m]))": /several series/,
  "topk(1, vllm:num_requests_waiting)": /function topk/,
  "count(vllm:num_requests_waiting)": /counts series/,
  "max_over_time(vllm:num_requests_waiting[5m])": /function max_over_time/,
  "avg_over_time(vllm:num_requests_waiting[5m])": /function avg_over_time/,
  "max_over_time(sum(vllm:num_requests_waiting)[5m:15s])": /subquery|not one of Prometheus/,
  "sum(vllm:num_requests_waiting offset 5m)": /another time/,
  "sum(vllm:num_requests_waiting[5m])": /function sum/,
  "vllm:num_requests_waiting[5m]": /not one of Prometheus/,
  'sum(vllm:num_requests_waiting{pod="a-0"})': /label pod$/,
  'sum(vllm:num_requests_waiting{model_name!="a"})': /label model_name$/,
  'sum(rate(http_requests_total{code="200"}[1m]))': /label code$/,
  "sum by (code) (rate(http_requests_total[1m]))": /label code$/,
  "vllm:request_success_total": /only grows/,
  "rate(vllm:num_requests_waiting[1m])": /no count/,
  "sum(rate(vllm:prompt_tokens_total[1m]))": /prompt_tokens_total counts is not simulated/,
  "sum(rate(vllm:time_to_first_token_seconds_sum[1m]))": /seconds_sum counts/,
  "histogram_quantile(0.99, sum(rate(vllm:time_to_first_token_seconds_bucket[1m])) by (le))":
    /quantile 0\.99/,
  "histogram_quantile(0.95, sum(rate(vllm:time_to_first_token_seconds_bucket[1m])))": /overlap/,
  "histogram_quantile(0.95, vllm:time_to_first_token_seconds_bucket)": /of all time/,
  "histogram_quantile(0.95, sum(rate(vllm:e2e_request_latency_seconds_bucket[1m])) by (le))":
    /e2e_request_latency_seconds_bucket/,
  "sum(rate(vllm:time_to_first_token_seconds_bucket[1m])) by (le)": /buckets of a histogram/,
  "ceil(sum(vllm:num_requests_waiting))": /function ceil/,
  "clamp_max(sum(vllm:num_requests_waiting), 5)": /function clamp_max/,
  "time()": /function time/,
  "3": /is a number/,
  "up": /what up counts/,
  "sum(vllm:num_requests_waiting": /not one of Prometheus/,
  "sum(vllm:num_requests_waiting))": /not one of Prometheus/,
  "avg:vllm.num_requests.waiting{*}": /not one of Prometheus/,
  "": /not one of Prometheus/,
  "((((": /not one of Prometheus/,
};

for (const [query, reason] of Object.entries(LEFT)) {
  Deno.test(`queryMeaning() leaves ${query || "nothing"} with its reason`, () => {
    const found = queryMeaning(query);
    ok("left" in found, JSON.stringify(found));
    match(found.left, reason);
  });
}

Deno.test("queryMeaning() ends with any text", () => {
  const pieces = ["sum", "(", ")", "{", "}", "[1m]", "by", "le", "*", "2", "-", '"a"', "=", ","];
  // Every arrangement of four pieces around a metric, none of which may throw.
  let count = 0;
  for (const a of pieces) {
    for (const b of pieces) {
      for (const c of pieces) {
        queryMeaning(`${a} ${b} vllm:num_requests_waiting ${c}`);
        count++;
      }
    }
  }
  ok(count === pieces.length ** 3);
  ok("left" in queryMeaning("(".repeat(5000)));
  ok("left" in queryMeaning("-".repeat(4000)));
});
