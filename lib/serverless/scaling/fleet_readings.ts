import type { ScalingSignals } from "./policy.ts";
import { WindowMean } from "./window_mean.ts";

/**
 * What autoscalers that read metrics may go by, as vLLM and a gateway report it:
 * - `concurrency`: mean requests in flight, queued ones included;
 * - `waiting`: requests that wait, at the gateway and inside instances (`vllm:num_requests_waiting`);
 * - `running`: requests in batches (`vllm:num_requests_running`);
 * - `kv_utilization`: share of KV blocks in use, 0..1 (`vllm:kv_cache_usage_perc`);
 * - `rps`: arrivals per second;
 * - `tokens_per_second`: output tokens per second (`vllm:generation_tokens_total`);
 * - `ttft`: p95 time to first token, seconds (`vllm:time_to_first_token_seconds`).
 */
export type FleetMetric =
  | "concurrency"
  | "waiting"
  | "running"
  | "kv_utilization"
  | "rps"
  | "tokens_per_second"
  | "ttft";

/** The metrics, in the order of documents. */
export const FLEET_METRICS: readonly FleetMetric[] = [
  "concurrency",
  "waiting",
  "running",
  "kv_utilization",
  "rps",
  "tokens_per_second",
  "ttft",
];

/** Metrics that do not add up: of several instances they are a mean, or a value of the whole. */
const INTENSIVE: readonly FleetMetric[] = ["kv_utilization", "ttft"];

/** How the values of a metric of several instances become one. */
export type Aggregate = "sum" | "mean";

/**
 * The sum of a metric over ready instances, or their mean, of its value for all of them; a latency is
 * one value, which its mean is too.
 */
export function aggregated(
  metric: FleetMetric,
  value: number,
  ready: number,
  aggregate: Aggregate,
): number {
  if (aggregate === "sum") return summed(metric, value, ready);
  return INTENSIVE.includes(metric) ? value : value / Math.max(1, ready);
}

/** The sum of a metric over ready instances, of its value for all of them. */
export function summed(metric: FleetMetric, value: number, ready: number): number {
  return INTENSIVE.includes(metric) ? value * ready : value;
}

/** Metrics of a fleet: present ones as they are, rates and means over the last `windowSeconds`. */
export class FleetReadings {
  readonly #windowSeconds: number;
  readonly #concurrency: WindowMean;
  readonly #arrivals: WindowMean;
  readonly #tokens: WindowMean;
  #nowSeconds = 0;
  #signals: ScalingSignals | undefined;
  #ttftSeconds = 0;
  #ttftAtSeconds = -Infinity;

  /** @param windowSeconds Time over which rates and means are taken, > 0. */
  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
    this.#concurrency = new WindowMean(windowSeconds);
    this.#arrivals = new WindowMean(windowSeconds);
    this.#tokens = new WindowMean(windowSeconds);
  }

  /** To be told of every evaluation, in their order. */
  add(signals: ScalingSignals): void {
    const { nowSeconds, concurrency, arrivals, outputTokens = 0, ttftP95Seconds } = signals;
    const seconds = nowSeconds - this.#nowSeconds;
    this.#nowSeconds = nowSeconds;
    this.#signals = signals;
    if (seconds > 0) {
      this.#concurrency.add(nowSeconds, concurrency);
      this.#arrivals.add(nowSeconds, arrivals / seconds);
      this.#tokens.add(nowSeconds, outputTokens / seconds);
    }
    if (ttftP95Seconds > 0) {
      this.#ttftSeconds = ttftP95Seconds;
      this.#ttftAtSeconds = nowSeconds;
    }
  }

  /** A metric at this instant, as far as it has a value then: what is in flight is a count, not a mean. */
  now(metric: FleetMetric): number | undefined {
    if (metric !== "concurrency" || this.#signals === undefined) return this.read(metric);
    return this.#signals.queued + this.#signals.inFlight;
  }

  /**
   * A metric of the whole fleet: the sum over its ready instances, of `kv_utilization` their mean, of
   * `ttft` the value itself; undefined when there is none, as of a latency when nobody had a first token.
   */
  read(metric: FleetMetric): number | undefined {
    const signals = this.#signals;
    if (signals === undefined) return undefined;
    const { queued, waiting = 0, inFlight, ready, kvUtilization } = signals;
    switch (metric) {
      case "concurrency":
        return this.#concurrency.mean();
      case "waiting":
        return queued + waiting;
      case "running":
        return Math.max(0, inFlight - waiting);
      case "kv_utilization":
        return ready > 0 ? kvUtilization : undefined;
      case "rps":
        return this.#arrivals.mean();
      case "tokens_per_second":
        return this.#tokens.mean();
      case "ttft":
        return this.#ttftAtSeconds > this.#nowSeconds - this.#windowSeconds
          ? this.#ttftSeconds
          : undefined;
    }
  }
}
